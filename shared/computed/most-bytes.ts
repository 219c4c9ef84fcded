import { LIMITS } from '#shared/events/limits.ts';
import { type Aggregate, type AggregateFunction, contentKey, limitOf, needsState } from './aggregate.ts';
import type { Window } from './window.ts';

/** What all aggregates together may come to on one person, in bytes of `!activity`, so that everybody fits. */
export const MAX_COMPUTED_BYTES = 100_000;

/** The key of a state with what JSON puts around it. */
const KEY = 12;
/** A bucket by its distance to the one before it. */
const BUCKET = 5;
/** Milliseconds since 1970, with a comma. */
const TIME = 14;
/** How often something happened, with a comma. */
const COUNT = 11;
/** A sum, of digits beyond what a number holds. */
const SUM = 26;
/** Any number, as JSON writes it. */
const NUMBER = 25;
const BRACKETS = 3;
const VALUE = LIMITS.computedValueBytes + 3;
/** A value that is only counted. */
const SHORT_VALUE = 11;

type Size = (kept: number, buckets: number) => number;

/** One entry a function: what it takes at most, where it keeps so many values, in so many hours or days. */
const SIZES: Readonly<Record<AggregateFunction, Size>> = {
  count: (_, buckets) => buckets * (BUCKET + COUNT),
  sum: (_, buckets) => buckets * (BUCKET + SUM + COUNT + BRACKETS),
  average: (_, buckets) => buckets * (BUCKET + SUM + COUNT + BRACKETS),
  min: (_, buckets) => buckets * (BUCKET + NUMBER),
  max: (_, buckets) => buckets * (BUCKET + NUMBER),
  first: (_, buckets) => buckets * (BUCKET + TIME + VALUE + BRACKETS),
  // The last one alone is kept, whatever the window
  last: () => BUCKET + TIME + VALUE + BRACKETS,
  // Values have times of their own, whatever the window, and there is one more than is shown
  uniqueCount: (kept) => BRACKETS + (kept + 1) * (TIME + SHORT_VALUE + BRACKETS),
  uniqueList: (kept) => BRACKETS + (kept + 1) * (TIME + VALUE + BRACKETS),
  mostFrequent: (kept, buckets) =>
    buckets * (BUCKET + COUNT + 2 * BRACKETS + kept * (VALUE + COUNT + BRACKETS)),
  firstTime: () => TIME,
  lastTimes: (kept) => BRACKETS + kept * TIME,
};

/** How many bytes of `!activity` an aggregate takes at most, on one person. */
export function mostBytes(aggregate: Aggregate): number {
  if (!needsState(aggregate)) return 0;
  return KEY + SIZES[aggregate.function](limitOf(aggregate), bucketCount(aggregate.window));
}

function bucketCount(window: Window | undefined): number {
  if (window === undefined) return 1;
  return 'hours' in window ? window.hours : window.days;
}

/** What several come to together; those that keep the same are kept once. */
export function mostBytesTogether(aggregates: readonly Aggregate[], timeZone: string): number {
  const distinct = new Map(aggregates.map((aggregate) => [contentKey(aggregate, timeZone), aggregate]));
  return [...distinct.values()].reduce((sum, aggregate) => sum + mostBytes(aggregate), 0);
}
