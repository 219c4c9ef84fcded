import { describe, expect, it } from 'vitest';
import { type Aggregate, isOfDays } from '#shared/computed/aggregate.ts';
import { computedRules } from '#shared/computed/computed-rules.ts';
import { LIBRARY_AGGREGATES } from '#shared/computed/library.ts';
import { NO_REGISTRY } from '#shared/computed/registry.ts';
import { counting } from '#test/support/computed-rules.ts';

const spent: Aggregate = { event: 'Bought', function: 'sum', property: 'total' };
const views: Aggregate = { event: 'Viewed', function: 'count', window: { days: 7 } };

/** Whether a key is of what was defined: those of the library are letters. */
const isDefined = (key: string): boolean => !Object.hasOwn(LIBRARY_AGGREGATES, key);

describe('computedRules', () => {
  it('count an event for what its name is asked for, and keep once what is the same', () => {
    const { byEvent, byKey } = counting([spent, { ...spent, function: 'average' }, views], { since: 5 });

    expect(byEvent.get('Bought')).toHaveLength(1);
    expect(byEvent.get('Viewed')).toHaveLength(1);
    expect(byEvent.get('Added')).toBeUndefined();
    expect([...byKey.keys()].filter(isDefined).sort()).toEqual(['1', '2']);
  });

  it('find each aggregate by its content, and read the same state in each way', () => {
    const rules = counting([spent, { ...spent, function: 'average' }], { since: 5 });
    const [sum, average] = [rules.find(spent), rules.find({ ...spent, function: 'average' })];

    expect(sum?.key).toBe('1');
    expect([average?.key, average?.since]).toEqual([sum?.key, 5]);
    expect(sum?.counter.read([[0, [250, 2]]], 0)).toEqual({ value: 2.5 });
    expect(average?.counter.read([[0, [250, 2]]], 0)).toEqual({ value: 1.25 });
  });

  it('know nothing of what is not registered, and everything of what needs no state', () => {
    const rules = computedRules({ wanted: [spent], traits: [], registry: NO_REGISTRY, timeZone: 'UTC' });

    expect(rules.find(spent)).toBeUndefined();
    const orders = rules.find({ event: 'Bought', function: 'count' });
    expect([orders?.since, orders?.key]).toEqual([0, undefined]);
    expect([...rules.byKey.keys()].filter(isDefined)).toEqual([]);
  });

  it('name computed traits, those without a state too', () => {
    const { named } = counting([], {
      traits: [
        { id: 'spent', name: 'Spent', event: 'Bought', function: 'sum', property: 'total' },
        { id: 'orders', name: 'Orders', event: 'Bought', function: 'count' },
      ],
      since: 7,
    });

    expect([...named].map(([id, { key, since }]) => [id, key, since])).toEqual([
      ['spent', '1', 7],
      ['orders', undefined, 0],
    ]);
  });

  it('count what the library asks for from the first day, under keys of its own', () => {
    const { byKey, find } = counting([...Object.values(LIBRARY_AGGREGATES), spent], { since: 5 });

    for (const [key, aggregate] of Object.entries(LIBRARY_AGGREGATES)) {
      expect(key).toMatch(/^[A-Z]$/);
      expect(find(aggregate)).toMatchObject({ key, since: 0 });
    }
    expect(byKey.size).toBe(Object.keys(LIBRARY_AGGREGATES).length + 1);
  });

  it('count what the library asks for by days anew where days begin elsewhere', () => {
    const rules = counting([], { timeZone: 'Asia/Tokyo', since: 5 });

    for (const [key, aggregate] of Object.entries(LIBRARY_AGGREGATES)) {
      const expected = isOfDays(aggregate) ? { since: 5 } : { since: 0, key };
      expect(rules.find(aggregate)).toMatchObject(expected);
      expect(rules.byKey.has(key)).toBe(!isOfDays(aggregate));
    }
  });
});
