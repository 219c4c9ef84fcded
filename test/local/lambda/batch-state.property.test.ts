import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  afterAnswer,
  afterDiscard,
  afterWait,
  nextStep,
  recordsLeft,
  startBatch,
} from '#local/lambda/batch-state.ts';

interface Sample {
  readonly sequenceNumber: string;
  readonly arrivedAtMs: number;
}

const Policy = fc.record({
  bisectOnError: fc.boolean(),
  reportItemFailures: fc.boolean(),
  maximumRetries: fc.integer({ min: 0, max: 3 }),
  maximumAgeMs: fc.constantFrom(-1, 60, 200),
});
/** What the function does: finishes all, throws, answers nonsense, or reports the record at a place. */
const Behaviour = fc.oneof(
  fc.constant('finish' as const),
  fc.constant('throw' as const),
  fc.constant('nonsense' as const),
  fc.nat({ max: 5 }),
);
const Ages = fc.array(fc.nat({ max: 100 }), { minLength: 1, maxLength: 6 });

const answerOf = (behaviour: 'finish' | 'throw' | 'nonsense' | number, records: readonly Sample[]) => {
  if (behaviour === 'throw') return { ok: false } as const;
  if (behaviour === 'finish') return { ok: true, payload: null } as const;
  const itemIdentifier = behaviour === 'nonsense' ? '' : records[behaviour % records.length]?.sequenceNumber;
  return { ok: true, payload: { batchItemFailures: [{ itemIdentifier }] } } as const;
};

it('finishes or gives up every record, once, in order, after exactly the retries configured', () => {
  fc.assert(
    fc.property(Policy, Ages, fc.infiniteStream(Behaviour), (policy, ages, behaviours) => {
      const all = ages
        .toSorted((a, b) => b - a)
        .map((age, index) => ({ sequenceNumber: String(index), arrivedAtMs: 100 - age }));
      const left: Sample[] = [];
      const tries = new Map<string, number>();
      let nowMs = 100;
      let state = startBatch(all);

      for (let steps = 0; ; steps++) {
        expect(steps).toBeLessThan(200);
        const step = nextStep(state, { policy, nowMs });
        if (step.kind === 'done') break;
        if (step.kind === 'wait') {
          nowMs += 20;
          state = afterWait(state);
          continue;
        }
        const before = recordsLeft(state);
        // What is acted on is always the oldest of what is left.
        expect(step.records).toEqual(all.slice(all.length - before).slice(0, step.records.length));
        if (step.kind === 'discard') {
          const key = JSON.stringify(step.records);
          if (step.condition === 'RetryAttemptsExhausted') {
            expect(tries.get(key)).toBe(1 + policy.maximumRetries);
          } else {
            expect(step.records.every(({ arrivedAtMs }) => nowMs - arrivedAtMs > policy.maximumAgeMs)).toBe(
              true,
            );
          }
          state = afterDiscard(state, step);
          expect(recordsLeft(state)).toBe(before - step.records.length);
          left.push(...step.records);
          continue;
        }
        const key = JSON.stringify(step.records);
        tries.set(key, (tries.get(key) ?? 0) + 1);
        expect(tries.get(key)).toBeLessThanOrEqual(1 + policy.maximumRetries);
        const [behaviour = 'finish'] = behaviours.take(1);
        const answer = answerOf(behaviour, step.records);
        state = afterAnswer(state, { policy, answer });
        const finished = before - recordsLeft(state);
        // Only an answer lets records go, and never one from the reported record on.
        const reported = policy.reportItemFailures && typeof behaviour === 'number';
        const allowed = reported ? behaviour % step.records.length : step.records.length;
        const fails = !answer.ok || (policy.reportItemFailures && behaviour === 'nonsense');
        expect(finished).toBe(fails ? 0 : allowed);
        left.push(...step.records.slice(0, finished));
      }

      expect(left).toEqual(all);
    }),
    { numRuns: 500 },
  );
});
