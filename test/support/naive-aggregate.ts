import { type Aggregate, decimalsOf, limitOf } from '#shared/computed/aggregate.ts';
import type { CountedEvent } from '#shared/computed/filter.ts';
import { dayStart, localDay } from '#shared/kernel/calendar.ts';
import { compareJson } from '#shared/traits/json-order.ts';

interface Question {
  readonly timeZone: string;
  readonly now: number;
}

/** What an aggregate comes to, told from the events themselves, one after the other, as slowly as that is. */
export function naiveAggregate(
  events: readonly CountedEvent[],
  aggregate: Aggregate,
  { timeZone, now }: Question,
): { readonly value?: unknown; readonly overflow?: true } {
  const live = events.filter(
    (event) =>
      event.name === aggregate.event &&
      passes(event, aggregate) &&
      now < leaves(event.at, aggregate, timeZone),
  );
  const property = (event: CountedEvent): unknown =>
    read(event.collected.properties, aggregate.property ?? '');
  const places = decimalsOf(aggregate);
  const limit = limitOf(aggregate);
  const numbers = live.map((event) => toNumber(property(event))).filter((value) => value !== undefined);
  const fixed = numbers.map((number) => toFixedPoint(number, places)).filter((value) => value !== undefined);
  const total = fixed.reduce((sum, value) => sum + value, 0n);
  const timed = live
    .map((event) => ({ at: event.at, value: toScalar(property(event)) }))
    .filter(({ value }) => value !== undefined)
    .sort((a, b) => a.at - b.at || compareJson(a.value, b.value));
  const latest = timed
    .toReversed()
    .map(({ value }) => value)
    .filter((value, index, all) => all.indexOf(value) === index);
  const more = latest.length > limit ? { overflow: true as const } : {};

  switch (aggregate.function) {
    case 'count':
      return { value: live.length };
    case 'sum':
      return { value: Number(total) / 10 ** places };
    case 'average':
      return fixed.length === 0 ? {} : { value: Number(total) / 10 ** places / fixed.length };
    case 'min':
      return numbers.length === 0 ? {} : { value: Math.min(...numbers) };
    case 'max':
      return numbers.length === 0 ? {} : { value: Math.max(...numbers) };
    case 'first':
      return timed.length === 0 ? {} : { value: timed.at(0)?.value };
    case 'last':
      return timed.length === 0 ? {} : { value: timed.at(-1)?.value };
    case 'uniqueCount':
      return { value: Math.min(limit, latest.length), ...more };
    case 'uniqueList':
      return { value: latest.slice(0, limit), ...more };
    case 'mostFrequent':
      return mostFrequent(timed.map(({ value }) => value));
    case 'firstTime':
      return live.length === 0 ? {} : { value: Math.min(...live.map(({ at }) => at)) };
    case 'lastTimes':
      return {
        value: live
          .map(({ at }) => at)
          .sort((a, b) => b - a)
          .slice(0, limit),
      };
  }
}

/** Exact where no more values came than are counted one by one: who asks must see to that. */
function mostFrequent(values: readonly unknown[]): { readonly value?: unknown } {
  const ranked = [...Map.groupBy(values, (value) => value)].sort(
    ([a, as], [b, bs]) => bs.length - as.length || compareJson(a, b),
  );
  return ranked[0] === undefined ? {} : { value: ranked[0][0] };
}

/** By the hour of UTC, or by the days that the calendar shows. */
function leaves(at: number, { window }: Aggregate, timeZone: string): number {
  if (window === undefined) return Number.POSITIVE_INFINITY;
  if ('hours' in window) return (Math.floor(at / 3_600_000) + window.hours) * 3_600_000;
  return dayStart(localDay(at, timeZone) + window.days, timeZone);
}

const passes = (event: CountedEvent, { where = [] }: Aggregate): boolean =>
  where.every((filter) => {
    const value =
      filter.field === 'source'
        ? event.source
        : filter.context === undefined
          ? read(event.collected.properties, filter.property ?? '')
          : read(event.collected.context, filter.context);
    if (filter.exists !== undefined) return filter.exists === (value !== undefined && value !== null);
    return filter.in === undefined ? value === filter.equals : filter.in.some((one) => one === value);
  });

function read(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (part, name) =>
        typeof part === 'object' && part !== null && Object.hasOwn(part, name)
          ? Reflect.get(part, name)
          : undefined,
      value,
    );
}

function toNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : undefined;
  return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
}

/** By decimal digits, half away from zero. */
function toFixedPoint(value: number, places: number): bigint | undefined {
  if (Math.abs(value) * 10 ** places > 1e15) return undefined;
  const [whole = '0', decimals = ''] = String(Math.abs(value)).split('.');
  const digits = BigInt(`${whole}${decimals.padEnd(places + 1, '0').slice(0, places + 1)}`);
  const rounded = (digits + 5n) / 10n;
  return value < 0 ? -rounded : rounded;
}

const toScalar = (value: unknown): unknown => {
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : undefined;
  if (typeof value === 'string') return value.length <= 100 ? value : undefined;
  return typeof value === 'boolean' ? value : undefined;
};
