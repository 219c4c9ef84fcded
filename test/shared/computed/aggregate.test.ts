import { describe, expect, it } from 'vitest';
import { Aggregate, contentKey, isOfDays, limitOf, needsState } from '#shared/computed/aggregate.ts';

const key = (aggregate: Aggregate, timeZone = 'UTC') => contentKey(Aggregate.parse(aggregate), timeZone);
const orders: Aggregate = { event: 'Order Completed', function: 'count' };
const spent: Aggregate = { event: 'Order Completed', function: 'sum', property: 'total' };

describe('contentKey', () => {
  it.each<[string, Aggregate, Aggregate]>([
    ['a default spelt out', spent, { ...spent, decimals: 2 }],
    ['an average of what is summed', spent, { ...spent, function: 'average' }],
    [
      'filters in another order',
      {
        ...orders,
        where: [
          { property: 'a', equals: 1, exists: true },
          { context: 'b', equals: 2 },
        ],
      },
      {
        ...orders,
        where: [
          { context: 'b', equals: 2 },
          { property: 'a', exists: true, equals: 1 },
        ],
      },
    ],
    [
      'a limit spelt out',
      { ...spent, function: 'uniqueList' },
      { ...spent, function: 'uniqueList', limit: 20 },
    ],
  ])('is one for %s', (_, a, b) => {
    expect(key(a)).toBe(key(b));
  });

  it('is another for whatever makes another value, and for nothing else of it', () => {
    const all: readonly Aggregate[] = [
      orders,
      { ...orders, event: 'Viewed' },
      { ...orders, where: [{ property: 'a', equals: 1 }] },
      { ...orders, where: [{ context: 'a', equals: 1 }] },
      { ...orders, window: { days: 1 } },
      { ...orders, window: { days: 2 } },
      { ...orders, window: { hours: 1 } },
      { ...orders, period: { from: 1 } },
      { ...orders, period: { to: 1 } },
      spent,
      { ...spent, property: 'tax' },
      { ...spent, decimals: 3 },
      { ...spent, function: 'min' },
      { ...spent, function: 'max' },
      { ...spent, function: 'first' },
      { ...spent, function: 'last' },
      { ...spent, function: 'uniqueList' },
      { ...spent, function: 'uniqueList', limit: 5 },
      { ...spent, function: 'uniqueCount' },
      { ...spent, function: 'mostFrequent' },
      { ...orders, function: 'firstTime' },
      { ...orders, function: 'lastTimes' },
      { ...orders, function: 'lastTimes', limit: 2 },
    ];

    expect(new Set(all.map((aggregate) => key(aggregate))).size).toBe(all.length);
  });

  it('depends on the time zone where days do', () => {
    const isMoved = (aggregate: Aggregate) => key(aggregate, 'UTC') !== key(aggregate, 'Asia/Tokyo');

    expect(isMoved({ ...orders, window: { days: 2 } })).toBe(true);
    expect(isMoved({ ...orders, window: { hours: 2 } })).toBe(false);
    expect(isMoved(spent)).toBe(false);
    expect(isOfDays({ ...orders, window: { days: 2 } })).toBe(true);
  });
});

describe('needsState', () => {
  it.each<[boolean, Aggregate]>([
    [false, orders],
    [false, { ...orders, function: 'firstTime' }],
    [false, { ...orders, function: 'lastTimes' }],
    [false, { ...orders, function: 'lastTimes', limit: 1 }],
    [true, { ...orders, function: 'lastTimes', limit: 2 }],
    [true, { ...orders, where: [{ property: 'a', exists: true }] }],
    [true, { ...orders, window: { hours: 1 } }],
    [true, { ...orders, period: {} }],
    [true, spent],
    [true, { ...spent, function: 'last' }],
  ])('is %s of %j', (needed, aggregate) => {
    expect(needsState(Aggregate.parse(aggregate))).toBe(needed);
  });
});

describe('Aggregate', () => {
  it.each([
    [{ ...orders, property: 'total' }, ['property'], 'goes not with count'],
    [{ ...spent, property: undefined }, ['property'], 'sum needs a property'],
    [{ ...orders, function: 'firstTime', window: { days: 1 } }, ['window'], 'goes not with firstTime'],
    [{ ...orders, function: 'lastTimes', limit: 21 }, ['limit'], 'at most 20 with lastTimes'],
    [{ ...orders, limit: 1 }, ['limit'], 'goes not with count'],
    [{ ...spent, function: 'min', decimals: 0 }, ['decimals'], 'goes not with min'],
  ])('refuses %j', (aggregate, path, message) => {
    expect(Aggregate.safeParse(aggregate).error?.issues).toMatchObject([{ path, message }]);
  });

  it('keeps as many values as it says, or as its function does', () => {
    expect(limitOf({ function: 'uniqueCount' })).toBe(100);
    expect(limitOf({ function: 'uniqueCount', limit: 7 })).toBe(7);
    expect(limitOf({ function: 'sum' })).toBe(1);
  });
});
