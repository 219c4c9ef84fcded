import { describe, expect, it } from 'vitest';
import { type Aggregate, contentKey } from '#shared/computed/aggregate.ts';
import { NO_REGISTRY, nextRegistry, type Registry } from '#shared/computed/registry.ts';

const orders: Aggregate = { event: 'Order Completed', function: 'count' };
const days: Aggregate = { ...orders, window: { days: 7 } };
const hours: Aggregate = { ...orders, window: { hours: 7 } };
const of = (registry: Registry, aggregate: Aggregate, timeZone = 'UTC') =>
  registry.aggregates[contentKey(aggregate, timeZone)];
const next = (before: Registry, since: number, wanted: readonly Aggregate[], timeZone = 'UTC') =>
  nextRegistry(before, { wanted, timeZone, since });

describe('nextRegistry', () => {
  it('holds just what is asked for and needs a state, once', () => {
    const registry = next(NO_REGISTRY, 5, [orders, days, hours, { ...days }]);

    expect(Object.keys(registry.aggregates)).toHaveLength(2);
    expect([of(registry, days)?.gen, of(registry, hours)?.gen].sort()).toEqual([1, 2]);
    expect(of(registry, days)?.since).toBe(5);
    expect(registry.gen).toBe(2);
  });

  it('leaves what goes on as it is, and never gives a number again', () => {
    const first = next(NO_REGISTRY, 5, [days]);
    const both = next(first, 6, [days, hours]);
    const left = next(both, 7, [hours]);
    const back = next(left, 8, [days, hours]);

    expect(of(both, days)).toEqual({ since: 5, gen: 1 });
    expect(of(left, days)).toBeUndefined();
    expect(of(back, hours)).toEqual({ since: 6, gen: 2 });
    expect(of(back, days)).toEqual({ since: 8, gen: 3 });
    expect(next(back, 9, [])).toEqual({ aggregates: {}, gen: 3 });
  });

  it('begins anew with days that begin elsewhere, and remembers that they have moved', () => {
    const before = next(NO_REGISTRY, 5, [days, hours]);
    const after = next(before, 6, [days, hours], 'Asia/Tokyo');

    expect(of(after, days, 'Asia/Tokyo')?.since).toBe(6);
    expect(of(after, days, 'Asia/Tokyo')?.gen).toBeGreaterThan(before.gen);
    expect(of(after, hours)).toEqual(of(before, hours));
    expect([before.hasMoved, after.hasMoved, next(after, 7, []).hasMoved]).toEqual([undefined, true, true]);
  });
});
