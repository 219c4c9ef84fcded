import type { Filter } from '#shared/computed/filter.ts';
import type { Truth } from '#shared/kernel/truth.ts';
import type { ComputedTest, Condition } from '#shared/segments/condition.ts';
import type { EventTest, Occasion } from '#shared/segments/event-test.ts';
import { beginOf, endOf, isInWindow, milliseconds } from './naive-dates.ts';
import { and, naiveValue } from './naive-values.ts';
import type { RawEvent, Situation } from './situation.ts';

type History = Pick<Situation, 'events' | 'now' | 'timeZone'>;

/** What a condition about what somebody did comes to; `undefined` for one that is about something else. */
export function naiveHistory(
  { event, sequence, returned, compare, computed }: Condition,
  given: History,
): { readonly truth: Truth } | undefined {
  const times = (occasion: Occasion): readonly number[] => timesOf(occasion, given);
  const last = (occasion: Occasion): number | undefined => times(occasion).at(-1);
  if (event) return { truth: naiveEvent(event, given) };
  if (sequence) {
    const start = last(sequence.first);
    if (start === undefined) return { truth: false };
    const end = start + milliseconds(sequence.within);
    const followed = times(sequence.followedBy).some((at) => start <= at && at < end);
    return { truth: sequence.absent ? !followed && given.now >= end : followed };
  }
  if (returned) {
    const [before, again] = times(returned).slice(-2);
    return {
      truth: before !== undefined && again !== undefined && again - before >= milliseconds(returned.after),
    };
  }
  if (compare) {
    const [one, two] = [last(compare.last), last(compare.laterThan ?? compare.earlierThan ?? compare.last)];
    if (one === undefined || two === undefined) return { truth: undefined };
    return { truth: compare.laterThan ? one > two : one < two };
  }
  return computed && { truth: naiveComputed(computed, given) };
}

/** When it happened, in order. */
const timesOf = ({ event, where = [] }: Occasion, { events }: History): readonly number[] =>
  events
    .filter(({ name, properties }) => name === event && where.every((filter) => meets(filter, properties)))
    .map(({ at }) => at)
    .sort((a, b) => a - b);

const meets = (
  { property = '', context: _, field: __, ...test }: Filter,
  properties: RawEvent['properties'],
) => and(naiveValue(test, properties[property])) === true;

function naiveEvent(test: EventTest, given: History): boolean {
  const { now, timeZone } = given;
  const { within, before, between } = test;
  const all = timesOf({ event: test.name, where: test.where }, given);
  const span = within === undefined ? Infinity : milliseconds(within);
  if (test.first) return occurs(test, all.slice(0, 1).filter((at) => now - at < span).length);
  if (typeof before === 'object') {
    return occurs(test, all.filter((at) => now - at > milliseconds(before.ago)).length);
  }
  if (before !== undefined) return occurs(test, all.filter((at) => at < beginOf(before, timeZone)).length);
  if (between !== undefined) {
    const [from, to] = [beginOf(between[0], timeZone), lastOf(between[1], timeZone)];
    return occurs(test, all.filter((at) => from <= at && at <= to).length);
  }
  if (within === undefined) return occurs(test, all.length);
  const recent = all.filter((at) => now - at < span).length;
  // Once and never go by the exact time, everything else by hours and days
  if (isOnceOrNever(test)) return occurs(test, recent);
  return occurs(test, all.filter((at) => isInWindow(at, within, { now, timeZone })).length);
}

/** A day to its end, a moment without itself. */
const lastOf = (text: string, timeZone: string): number =>
  text.includes('T') ? beginOf(text, timeZone) - 1 : endOf(text, timeZone);

const isOnceOrNever = (test: EventTest): boolean =>
  [occurs(test, 0), occurs(test, 1), occurs(test, 2), occurs(test, 1000)].join() === 'false,true,true,true' ||
  [0, 1, 2, 1000].map((times) => occurs(test, times)).join() === 'true,false,false,false';

function occurs({ exactly, atLeast, atMost }: EventTest, times: number): boolean {
  if (exactly !== undefined && times !== exactly) return false;
  if (atMost !== undefined && times > atMost) return false;
  if (atLeast !== undefined) return times >= atLeast;
  return exactly !== undefined || atMost !== undefined || times > 0;
}

/** The computed traits that these tests define, as they would be from everything that happened. */
function naiveComputed({ name, ...test }: ComputedTest, given: History): Truth {
  const orders = given.events.filter((one) => one.name === 'Order Completed');
  const values = (of: readonly RawEvent[]): readonly number[] =>
    of.flatMap(({ properties: { value } }) => (typeof value === 'number' ? [value] : []));
  const sum = (of: readonly number[]): number => of.reduce((a, b) => a + b, 0);
  const recent = (window: string) => orders.filter(({ at }) => isInWindow(at, window, given));
  const known: Readonly<Record<string, () => unknown>> = {
    'orders-7d': () => recent('7d').length,
    'spent-24h': () => sum(values(recent('24h'))),
    average: () => (values(orders).length === 0 ? undefined : sum(values(orders)) / values(orders).length),
  };
  return and(naiveValue(test, known[name]?.()));
}
