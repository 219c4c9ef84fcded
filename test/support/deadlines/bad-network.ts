import { setImmediate as turn } from 'node:timers/promises';
import type { Random } from '#demo/random.ts';

/** Of a λ that ended: nobody hears what its code makes of it. */
class EndedError extends Error {
  override readonly name = 'Ended';
}

/** What may become of a call. */
export interface Weather {
  /** How likely it is that a call is refused, is lost, or is done and its answer lost. */
  readonly refused: number;
  readonly lost: number;
  readonly unheard: number;
  /** How likely it is that the λ ends before a call is done, or right after. */
  readonly ended: number;
  /** Milliseconds that a call takes at most. */
  readonly slowest: number;
}

export const GOOD: Weather = { refused: 0, lost: 0, unheard: 0, ended: 0, slowest: 5 };
export const BAD: Weather = { refused: 0.04, lost: 0.02, unheard: 0.03, ended: 0.02, slowest: 4_000 };

const LIFETIME_MS = 60_000;

const named = (name: string): Error => Object.assign(new Error(`as it may happen: ${name}`), { name });

/** One λ's way to all that it calls. */
export interface Line {
  /** The same function over the network. */
  over<Arguments extends readonly unknown[], Result>(
    call: (...given: Arguments) => Promise<Result>,
  ): (...given: Arguments) => Promise<Result>;
  /** Resolves when the λ ends in the midst of what it does. */
  readonly ended: Promise<'ended'>;
}

/** A network on which calls of all λs are served one by one, in any order, and time passes with each. */
export function openNetwork(random: Random, clock: { now: number }) {
  const waiting: (() => Promise<void>)[] = [];
  let weather = BAD;

  function openLine(): Line {
    const ended = Promise.withResolvers<'ended'>();
    const startedAt = clock.now;
    let isOver = false;
    const end = (): never => {
      isOver = true;
      ended.resolve('ended');
      throw new EndedError();
    };

    async function serve<Result>(call: () => Promise<Result>): Promise<Result> {
      if (isOver || clock.now - startedAt > LIFETIME_MS) end();
      if (random.chance(weather.ended)) {
        if (random.chance(0.5)) await call();
        end();
      }
      if (random.chance(weather.refused)) throw named('ThrottlingException');
      if (random.chance(weather.lost)) throw named('TimeoutError');
      const result = await call();
      if (random.chance(weather.unheard)) throw named('TimeoutError');
      return result;
    }

    return {
      ended: ended.promise,
      over<Arguments extends readonly unknown[], Result>(call: (...given: Arguments) => Promise<Result>) {
        return (...given: Arguments): Promise<Result> =>
          new Promise((resolve, reject) => {
            waiting.push(async () => {
              clock.now += random.integer(0, weather.slowest);
              await serve(() => call(...given)).then(resolve, reject);
            });
          });
      },
    };
  }

  /** Lets λs go on until each is through or has ended. */
  async function run(work: readonly Promise<unknown>[]): Promise<void> {
    let isDone = false;
    const all = Promise.all(work).finally(() => {
      isDone = true;
    });
    while (!isDone || waiting.length > 0) {
      for (let n = 0; n < 3; n++) await turn();
      const [step] = waiting.splice(random.integer(0, Math.max(0, waiting.length - 1)), 1);
      await step?.();
    }
    await all;
  }

  return {
    openLine,
    run,
    become(next: Weather): void {
      weather = next;
    },
    isGood: (): boolean => weather === GOOD,
    /** How far behind the writes an index is. */
    lag: (): number => (weather === GOOD ? 0 : random.integer(0, 20_000)),
  };
}
