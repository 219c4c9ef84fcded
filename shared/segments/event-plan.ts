import type { Aggregate } from '#shared/computed/aggregate.ts';
import { dayStart } from '#shared/kernel/calendar.ts';
import { dayNumber, isDay } from './date-test.ts';
import { durationMs } from './duration.ts';
import type { CompareTest, EventTest, Occasion, ReturnedTest, SequenceTest } from './event-test.ts';
import { isNever, isOnce, type Times, timesOf, windowOf } from './times.ts';

/** What a test of an event looks at, and how: a test of an event is another way to write one of an aggregate. */
export type EventPlan =
  /** How often it counted. */
  | { readonly kind: 'count'; readonly aggregate: Aggregate; readonly times: Times }
  /** Whether the one that counts, the last or the first, is not so old; or, with `absent`, that there is no such. */
  | { readonly kind: 'recent'; readonly aggregate: Aggregate; readonly ms: number; readonly absent: boolean }
  /** Whether the first is older than that. */
  | { readonly kind: 'old'; readonly aggregate: Aggregate; readonly ms: number; readonly absent: boolean };

/** Decides how a test of an event is answered: once and never by exact times, all else by counts. */
export function planEvent(test: EventTest, timeZone: string): EventPlan {
  const { within, before, first = false } = test;
  const base = countOf({ event: test.name, where: test.where });
  const times = timesOf(test);
  const isSimple = isOnce(times) || isNever(times);
  if (within !== undefined && isSimple) {
    const aggregate: Aggregate = first
      ? { ...base, function: 'firstTime' }
      : { ...base, function: 'lastTimes', limit: 1 };
    return { kind: 'recent', aggregate, ms: durationMs(within), absent: isNever(times) };
  }
  if (typeof before === 'object') {
    const aggregate: Aggregate = { ...base, function: 'firstTime' };
    return { kind: 'old', aggregate, ms: durationMs(before.ago), absent: isNever(times) };
  }
  const window = within === undefined ? undefined : windowOf(within);
  const period = periodOf(test, timeZone);
  const bounds = { ...(window !== undefined && { window }), ...(period !== undefined && { period }) };
  return { kind: 'count', aggregate: { ...base, ...bounds }, times };
}

/** Days that bound a period belong to it from their beginning to their end. */
function periodOf({ before, between }: EventTest, timeZone: string): Aggregate['period'] {
  const start = (text: string, daysAfter = 0): number =>
    isDay(text) ? dayStart(dayNumber(text) + daysAfter, timeZone) : Date.parse(text);
  if (typeof before === 'string') return { to: start(before) };
  return between && { from: start(between[0]), to: start(between[1], 1) };
}

/** How many times of the second event are kept: those of a later one push out those of earlier ones. */
export const KEPT_TIMES = 10;

export interface SequencePlan {
  readonly first: Aggregate;
  readonly second: Aggregate;
}

export const planSequence = ({ first, followedBy }: SequenceTest): SequencePlan => ({
  first: lastOf(first, 1),
  second: lastOf(followedBy, KEPT_TIMES),
});

/** The last two. */
export const planReturned = ({ event, where }: ReturnedTest): Aggregate => lastOf({ event, where }, 2);

export interface ComparePlan {
  readonly last: Aggregate;
  readonly other: Aggregate;
  readonly isLater: boolean;
}

export function planCompare({ last, laterThan, earlierThan }: CompareTest): ComparePlan {
  const other = laterThan ?? earlierThan;
  if (other === undefined) throw new TypeError('a comparison with nothing');
  return { last: lastOf(last, 1), other: lastOf(other, 1), isLater: laterThan !== undefined };
}

const countOf = ({ event, where }: Occasion): Aggregate => ({
  event,
  ...(where !== undefined && { where }),
  function: 'count',
});

const lastOf = (occasion: Occasion, limit: number): Aggregate => ({
  ...countOf(occasion),
  function: 'lastTimes',
  limit,
});
