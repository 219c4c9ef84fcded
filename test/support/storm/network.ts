import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import { type AwsAnswer, type AwsRequest, crowded, throttled } from './aws-request.ts';
import type { TestAws } from './test-aws.ts';

/** What becomes of one call to AWS. */
export type Fate =
  | 'served'
  /** Answered with an older state, as a read may be that is not consistent. */
  | 'stale'
  /** Refused with nothing done, as under a load that the table does not take. */
  | 'throttled'
  /** Refused since a transaction is at the same item. */
  | 'crowded'
  /** Of a batch only some is done, the rest is handed back. */
  | 'partial'
  /** The connection breaks: nothing is done, or everything is. */
  | 'lost'
  | 'unanswered'
  /** The λ ends: before the call leaves it, after the call is served, or while it is on its way. */
  | 'killed'
  | 'killed after'
  | 'killed during';

export const KILLS = ['killed', 'killed after', 'killed during'] as const;

/** Decides whose turn it is, and what becomes of each call. */
export interface Director {
  /** Which of so many that wait goes on next. */
  pick(waiting: number): number;
  fate(call: AwsRequest): Fate;
}

/** The way of one λ to AWS, until the λ ends. */
export interface Line {
  /** Rejects when the λ has ended: whatever it would still do comes to nothing. */
  send(request: AwsRequest): Promise<AwsAnswer>;
  /** Resolves when the λ ends. */
  readonly ended: Promise<'killed'>;
}

export interface Network {
  openLine(): Line;
  /** Lets what runs over the lines go on, one step at a time, until all of it has ended. */
  run(work: readonly Promise<unknown>[]): Promise<void>;
  /** The calls that were decided on so far, in their order. */
  readonly calls: readonly { readonly operation: string; readonly fate: Fate }[];
}

type Step = () => Promise<void>;

/**
 * A network on which nothing moves by itself: a call waits until it is its turn to be served, and its answer
 * until it is its turn to arrive. So the director alone decides how λs interleave, and the same decisions
 * give the same run.
 */
export function openNetwork(aws: TestAws, director: Director): Network {
  const waiting: Step[] = [];
  const calls: { operation: string; fate: Fate }[] = [];

  function openLine(): Line {
    const ended = Promise.withResolvers<'killed'>();
    let isOver = false;

    /** Does what the fate has done before anybody hears of it. */
    async function meet(fate: Fate, request: AwsRequest): Promise<AwsAnswer> {
      if (fate === 'lost' || fate === 'killed' || fate === 'killed during') throw new ConnectionError();
      if (fate === 'throttled') return throttled(request);
      if (fate === 'crowded') return crowded(request);
      if (fate === 'partial') return aws.servePart(request);
      if (fate === 'stale') return aws.serveStale(request);
      const answer = await aws.serve(request);
      if (fate === 'served') return answer;
      throw new ConnectionError();
    }

    return {
      ended: ended.promise,
      async send(request) {
        if (isOver) throw new KilledError();
        const { promise, resolve, reject } = Promise.withResolvers<AwsAnswer>();
        waiting.push(async () => {
          // What had not left it when it ended never does
          if (isOver) return reject(new KilledError());
          const fate = director.fate(request);
          calls.push({ operation: request.operation, fate });
          const met = await meet(fate, request).then(
            (answer) => () => resolve(answer),
            (fault) => () => reject(fault),
          );
          if (fate === 'killed during') waiting.push(async () => void (await aws.serve(request)));
          if (fate.startsWith('killed')) {
            isOver = true;
            ended.resolve('killed');
            return reject(new KilledError());
          }
          waiting.push(async () => (isOver ? reject(new KilledError()) : met()));
        });
        return promise;
      },
    };
  }

  return {
    openLine,
    calls,
    async run(work) {
      let isDone = false;
      const all = Promise.all(work).finally(() => {
        isDone = true;
      });
      all.catch(() => {}); // awaited below
      while (!isDone || waiting.length > 0) {
        await quiet();
        const [step] = waiting.splice(waiting.length < 2 ? 0 : director.pick(waiting.length), 1);
        if (step !== undefined) await step();
        // somebody may wait by the clock
        else if (!isDone) await pause(1);
      }
      await all;
    },
  };
}

/** Lets everybody go on as far as they get without an answer; those who wait for each other take a few turns. */
async function quiet(): Promise<void> {
  for (let n = 0; n < 6; n++) await turn();
}

/** What the code of a λ sees when the λ is no more: nobody hears what it makes of it. */
class KilledError extends Error {
  override readonly name = 'Killed';
}

/** As the SDK's own client names a connection that broke. */
class ConnectionError extends Error {
  override readonly name = 'TimeoutError';
  readonly code = 'ECONNRESET';
}
