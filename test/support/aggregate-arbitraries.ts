import fc from 'fast-check';
import { Aggregate, AggregateFunction, KEPT } from '#shared/computed/aggregate.ts';
import type { CountedEvent } from '#shared/computed/filter.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Days with something to go wrong: clocks changed, the year ended, it was the 29th of February. */
const EVENTFUL: Readonly<Record<string, readonly string[]>> = {
  UTC: ['2026-12-31', '2028-02-29'],
  'Europe/Paris': ['2026-03-29', '2026-10-25', '2027-01-01', '2028-02-29'],
  'America/Los_Angeles': ['2026-03-08', '2026-11-01', '2026-12-31'],
  'America/Santiago': ['2026-04-05', '2026-09-06'],
  'Africa/Cairo': ['2026-04-24', '2026-10-30'],
  'Asia/Kathmandu': ['2026-12-31', '2028-02-29'],
  'Australia/Lord_Howe': ['2026-04-05', '2026-10-04'],
  'Pacific/Kiritimati': ['2026-12-31', '2027-01-01'],
  'Pacific/Apia': ['2011-12-29', '2011-12-31'],
  'America/St_Johns': ['2010-11-07'],
};

export interface Place {
  readonly timeZone: string;
  /** About when it is. */
  readonly noon: number;
}

/** A time zone, and a day on which its calendar is not as on most others. */
export const place: fc.Arbitrary<Place> = fc.constantFrom(
  ...Object.entries(EVENTFUL).flatMap(([timeZone, dates]) =>
    dates.map((date) => ({ timeZone, noon: Date.parse(`${date}T12:00Z`) })),
  ),
);

/** Times of a few days around; few are apart by less than an hour, and some are the same. */
export const timeAround = ({ noon }: Place): fc.Arbitrary<number> =>
  fc.oneof(
    fc.integer({ min: -12, max: 12 }).map((quarters) => noon + quarters * 6 * HOUR_MS),
    fc.integer({ min: -3 * DAY_MS, max: 3 * DAY_MS }).map((distance) => noon + distance),
  );

const value = fc.oneof(
  fc.constantFrom('a', 'b', 'c', '12.345', '', 'x'.repeat(101)),
  fc.constantFrom(0, -0, 1, 2.5, 1.005, -3, 1e20, Number.NaN, true, null),
  fc.constantFrom({ a: 1 }, ['a']),
);

export const countedEvent = (around: Place): fc.Arbitrary<CountedEvent> =>
  fc.record({
    name: fc.constantFrom('Bought', 'Bought', 'Looked'),
    at: timeAround(around),
    source: fc.constantFrom('shop', 'app'),
    collected: fc.record({
      type: fc.constant('track' as const),
      properties: fc.record({ v: value, in: fc.record({ v: value }) }, { requiredKeys: [] }),
      context: fc.record({ v: value }, { requiredKeys: [] }),
    }),
  });

const window = fc.oneof(
  fc.constant(undefined),
  fc.record({ hours: fc.constantFrom(1, 2, 24, 48) }),
  fc.record({ days: fc.constantFrom(1, 2, 3, 5, 366) }),
);
const where = fc.constantFrom(
  undefined,
  [{ property: 'v', exists: true }],
  [{ field: 'source' as const, equals: 'shop' }],
  [{ context: 'v', in: ['a', 1] }],
);

/** Aggregates that go together as the schema wants, which parses each of them. */
export const aggregate: fc.Arbitrary<Aggregate> = fc
  .record({
    name: fc.constantFrom(...AggregateFunction.options),
    property: fc.constantFrom('v', 'in.v'),
    decimals: fc.constantFrom(undefined, 0, 2, 3),
    limit: fc.constantFrom(undefined, 1, 2, 3),
    window,
    where,
  })
  .map(({ name, property, decimals, limit, window, where }) => {
    const isOfTimes = name === 'firstTime' || name === 'lastTimes';
    return Aggregate.parse({
      event: 'Bought',
      function: name,
      ...(where !== undefined && { where }),
      ...(name !== 'count' && !isOfTimes && { property }),
      ...((name === 'sum' || name === 'average') && decimals !== undefined && { decimals }),
      ...(KEPT[name] !== undefined && limit !== undefined && { limit }),
      ...(!isOfTimes && window !== undefined && { window }),
    });
  });
