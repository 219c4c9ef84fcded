import type { Random } from '#demo/random.ts';
import { type AwsRequest, halve, isCount, mayBeCrowded, mayBeStale } from './aws-request.ts';
import { type Fate, KILLS } from './network.ts';
import { erase, setApart, type WishesFor } from './operator.ts';
import type { StreamOptions } from './stream.ts';

/** What somebody wishes for, and how likely when they look. */
interface Meddling {
  readonly wishesFor: WishesFor;
  readonly chance: number;
}

export const SETTING_APART: Meddling = { wishesFor: setApart, chance: 0.5 };
export const ERASING: Meddling = { wishesFor: erase, chance: 0.15 };

/** What happens to a history on its way. */
export interface Weather {
  /** Decides all that is decided at random. */
  readonly seed: number;
  /** What becomes of a call; `n` counts them from 0. */
  fate(call: AwsRequest, n: number, random: Random): Fate;
  /** How often each shard's reader forgets how far it had come. @default 0 */
  readonly setbacks?: number;
  /** Whether λs take turns at random, rather than one after the other. @default false */
  readonly isRacing?: boolean;
  /** What somebody at the Admin API does meanwhile. @default nothing */
  readonly meddling?: Meddling;
  /** Whether all of it is older than what the function tries again and again to apply. @default false */
  readonly isLate?: boolean;
  /** Whether what is given up is redriven when the seen ids have long expired. @default false */
  readonly isRedrivenLate?: boolean;
  /** @default resharded at random, with the partition keys of the Collect API */
  readonly stream?: Partial<StreamOptions>;
}

export const CALM: Weather = { seed: 1, fate: () => 'served' };

/** Good weather but for the end of the λ that makes the n-th call. */
export const killedAt = (nth: number, kill: (typeof KILLS)[number]): Weather => ({
  ...CALM,
  fate: (_, n) => (n === nth ? kill : 'served'),
});

/** Nothing goes wrong, but λs are in each other's way, and reads are not of the newest. */
export const racing = (seed: number): Weather => ({
  seed,
  isRacing: true,
  stream: { splitAfter: 0, mergeAfter: Number.POSITIVE_INFINITY },
  fate: (call, _, random) => (mayBeStale(call) && random.chance(1 / 4) ? 'stale' : 'served'),
});

/** As racing, with transactions at many of the items that are written. */
export const crowding = (seed: number): Weather => ({
  ...racing(seed),
  fate: (call, _, random) => (mayBeCrowded(call) && random.chance(1 / 3) ? 'crowded' : 'served'),
});

/** As racing, and no read that need not be consistent ever shows what was written since it was first made. */
export const lagging = (seed: number): Weather => ({
  ...racing(seed),
  fate: (call) => (mayBeStale(call) ? 'stale' : 'served'),
});

/** For so many calls nothing is taken: more than the SDK tries, so that keys fail together. */
const OUTAGE = 14;

/** Everything that goes wrong at AWS and with λs: one in six of the first few hundred calls, and an outage. */
export const stormy = (seed: number, stream: Partial<StreamOptions> = {}): Weather => {
  const outage = seed % 120;
  return {
    seed,
    stream,
    setbacks: 2,
    isRacing: true,
    fate(call, n, random) {
      if (n >= outage && n < outage + OUTAGE) return 'throttled';
      return n < 300 && random.chance(1 / 6) ? random.pick(whatMayBecomeOf(call)) : 'served';
    },
  };
};

/**
 * A stream that is behind by more than a function waits for, over a table that takes few writes and does not
 * say of each that it took it: what fails is given up.
 */
export const overdue = (seed: number): Weather => {
  const storm = stormy(seed);
  return {
    ...storm,
    isLate: true,
    fate: (call, n, random) =>
      n < 400 && mayBeCrowded(call) && random.chance(0.9)
        ? random.pick(['throttled', 'throttled', 'throttled', 'unanswered'])
        : storm.fate(call, n, random),
  };
};

function whatMayBecomeOf(call: AwsRequest): readonly [Fate, ...Fate[]] {
  return [
    ...KILLS,
    'lost',
    // a count whose answer is lost is added once more, which is known
    ...(isCount(call) ? [] : (['unanswered'] as const)),
    'throttled',
    ...(mayBeCrowded(call) ? (['crowded', 'unanswered'] as const) : []),
    ...(mayBeStale(call) ? (['stale', 'stale', 'stale'] as const) : []),
    ...(halve(call) === undefined ? [] : (['partial', 'partial', 'partial', 'partial'] as const)),
  ];
}
