import { describe, expect, it } from 'vitest';
import { contentKey, needsState } from '#shared/computed/aggregate.ts';
import { LIBRARY_AGGREGATES } from '#shared/computed/library.ts';
import { mostBytesTogether } from '#shared/computed/most-bytes.ts';
import { aggregatesOf } from '#shared/segments/aggregates.ts';
import { Condition } from '#shared/segments/condition.ts';
import { LIBRARY } from '#shared/segments/library.ts';
import { DEFAULT_STAGES } from '#shared/segments/lifecycle.ts';
import { Slug } from '#shared/sources/source.ts';

const conditionOf = (id: string, parameters: unknown) =>
  LIBRARY.find((ready) => ready.id === id)?.conditionOf(parameters);

describe('ready definitions', () => {
  it('have ids of their own, which segments can take', () => {
    const ids = LIBRARY.map(({ id }) => id);

    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.map((id) => Slug.parse(id))).toEqual(ids);
  });

  it.each(LIBRARY)('$id is a condition that a segment can have', ({ conditionOf: make }) => {
    expect(Condition.parse(make({}))).toEqual(make({}));
  });

  it('count from the first day, with the stages of customers, and nothing else is counted for them', () => {
    const conditions = [
      ...LIBRARY.map((ready) => ready.conditionOf({})),
      ...DEFAULT_STAGES.flatMap(({ condition }) => condition ?? []),
    ];
    const counted = conditions.flatMap((condition) => aggregatesOf(condition, 'UTC')).filter(needsState);
    const keys = (aggregates: typeof counted) =>
      [...new Set(aggregates.map((one) => contentKey(one, 'UTC')))].sort();

    expect(keys(Object.values(LIBRARY_AGGREGATES))).toEqual(keys(counted));
  });

  it('take little of a person, whatever they do', () => {
    expect(mostBytesTogether(Object.values(LIBRARY_AGGREGATES), 'UTC')).toBeLessThan(300);
  });

  it('take what is chosen', () => {
    expect(conditionOf('vip-by-spend', { amount: 250, currency: 'USD' })).toEqual({
      sum: { name: 'total_spent', currency: 'USD', atLeast: 250 },
    });
  });

  it.each([
    ['new-customers', { days: 3 }],
    ['new-customers', { within: 'soon' }],
    ['vip-by-spend', { amount: 0 }],
    ['vip-by-spend', { currency: 'euro' }],
    ['shop-and-web-buyers', { shop: [] }],
    ['birthday', { days: 366 }],
    ['at-risk-customers', { after: '180d' }],
    ['at-risk-customers', { after: '12h', until: '720m' }],
    ['abandoned-basket', { until: '1h' }],
  ])('%s refuses %j', (id, parameters) => {
    expect(() => conditionOf(id, parameters)).toThrow();
  });
});
