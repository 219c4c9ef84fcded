import {
  afterAnswer,
  afterDiscard,
  afterWait,
  type BatchPolicy,
  type Discard,
  nextStep,
  recordsLeft,
  startBatch,
} from './batch-state.ts';
import type { Bell } from './bell.ts';
import type { InvokeResult } from './invoker.ts';
import type { StreamRecord } from './stream-source.ts';

export interface Delivery {
  readonly policy: BatchPolicy;
  /** Rejects only where the function could not be invoked at all. */
  readonly invoke: (event: unknown) => Promise<InvokeResult>;
  readonly discard: (batch: Discard<StreamRecord>) => Promise<void>;
  /** Told how many records, from the front, need no other delivery. */
  readonly settled: (count: number) => void;
  /** Pauses before the n-th retry. */
  readonly backoffMs: (failures: number) => number;
  readonly bell: Bell;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

/** Delivers a batch until the function has taken or the destination has got all of it, or the signal aborts. */
export async function deliverBatch(records: readonly StreamRecord[], d: Delivery): Promise<void> {
  const { policy, signal } = d;
  let state = startBatch(records);

  while (!signal.aborted) {
    const step = nextStep(state, { policy, nowMs: Date.now() });
    if (step.kind === 'done') return;
    if (step.kind === 'wait') {
      await d.bell.pause(d.backoffMs(step.failures));
      state = afterWait(state);
      continue;
    }
    if (step.kind === 'discard') {
      const kept = await insist(async () => ({ value: await d.discard(step) }), d);
      if (!kept) return;
      state = afterDiscard(state, step);
    } else {
      // Lambda that cannot invoke a function asks again, spending no retry.
      const answer = await insist(() => d.invoke({ Records: step.records.map(({ event }) => event) }), d);
      // Nor has a function failed that is ended with the stack: its records are delivered again.
      if (!answer || (!answer.ok && signal.aborted)) return;
      state = afterAnswer(state, { policy, answer });
    }
    d.settled(records.length - recordsLeft(state));
  }
}

/** Tries until it works, or until the signal aborts. */
async function insist<T extends object>(act: () => Promise<T>, d: Delivery): Promise<T | undefined> {
  for (let failures = 1; !d.signal.aborted; failures++) {
    try {
      return await act();
    } catch (error) {
      d.log(String(error));
      await d.bell.pause(d.backoffMs(failures));
    }
  }
  return undefined;
}
