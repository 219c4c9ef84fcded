import { describe, expect, it } from 'vitest';
import type { Aggregate } from '#shared/computed/aggregate.ts';
import { computedRules } from '#shared/computed/computed-rules.ts';
import { NO_REGISTRY } from '#shared/computed/registry.ts';
import { counting } from '#test/support/computed-rules.ts';

const spent: Aggregate = { event: 'Order Completed', function: 'sum', property: 'total' };
const views: Aggregate = { event: 'Viewed', function: 'count', window: { days: 7 } };

describe('computedRules', () => {
  it('count an event for what its name is asked for, and keep once what is the same', () => {
    const { byEvent, byKey } = counting([spent, { ...spent, function: 'average' }, views], { since: 5 });

    expect(byEvent.get('Order Completed')).toHaveLength(1);
    expect(byEvent.get('Viewed')).toHaveLength(1);
    expect(byEvent.get('Added')).toBeUndefined();
    expect([...byKey.keys()].sort()).toEqual(['1', '2']);
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
    const orders = rules.find({ event: 'Order Completed', function: 'count' });
    expect([orders?.since, orders?.key]).toEqual([0, undefined]);
    expect(rules.byEvent.size).toBe(0);
  });

  it('name computed traits, those without a state too', () => {
    const { named } = counting([], {
      traits: [
        { id: 'spent', name: 'Spent', event: 'Order Completed', function: 'sum', property: 'total' },
        { id: 'orders', name: 'Orders', event: 'Order Completed', function: 'count' },
      ],
      since: 7,
    });

    expect([...named].map(([id, { key, since }]) => [id, key, since])).toEqual([
      ['spent', '1', 7],
      ['orders', undefined, 0],
    ]);
  });
});
