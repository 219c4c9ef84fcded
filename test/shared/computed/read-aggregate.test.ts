import { describe, expect, it } from 'vitest';
import type { Aggregate } from '#shared/computed/aggregate.ts';
import { expiries, readAggregate } from '#shared/computed/read-aggregate.ts';
import { counting } from '#test/support/computed-rules.ts';

const DAY = 86_400_000;
const orders: Aggregate = { event: 'Order Completed', function: 'count' };
const activity = (more: object = {}) => ({
  events: { 'Order Completed': { count: 3, first: 5, last: 9 } },
  otherEvents: 0,
  computed: {},
  ...more,
});
const refOf = (aggregate: Aggregate) => {
  const ref = counting([aggregate], { since: 7 }).find(aggregate);
  if (ref === undefined) throw new TypeError('it is counted');
  return ref;
};

describe('readAggregate', () => {
  it.each<[Aggregate, unknown, unknown]>([
    [orders, 3, 0],
    [{ ...orders, function: 'firstTime' }, 5, undefined],
    [{ ...orders, function: 'lastTimes' }, [9], []],
  ])('reads %j from the counts that everybody has', (aggregate, value, ofNothing) => {
    const never = { ...aggregate, event: 'Refunded' };

    expect(readAggregate(activity(), refOf(aggregate), 0)).toEqual({ value, countedSince: 0 });
    expect(readAggregate(activity(), refOf(never), 0)).toEqual({
      ...(ofNothing !== undefined && { value: ofNothing }),
      countedSince: 0,
    });
    expect(expiries(activity(), refOf(aggregate))).toEqual([]);
  });

  it('says that it does not know of a name that may be beyond those that are counted', () => {
    const ref = refOf({ ...orders, event: 'Refunded' });

    expect(readAggregate(activity({ otherEvents: 1 }), ref, 0)).toEqual({ overflow: true, countedSince: 0 });
    expect(readAggregate(activity({ otherEvents: 1 }), refOf(orders), 0)).toMatchObject({ value: 3 });
  });

  it('reads a state as of now, with since when it was counted', () => {
    const ref = refOf({ ...orders, window: { days: 2 } });
    const counted = activity({
      computed: {
        [ref.key ?? '']: [
          [100, 2],
          [101, 5],
        ],
      },
    });

    expect(readAggregate(counted, ref, 101 * DAY)).toEqual({ value: 7, countedSince: 7 });
    expect(readAggregate(counted, ref, 102 * DAY - 1)).toMatchObject({ value: 7 });
    expect(readAggregate(counted, ref, 102 * DAY)).toMatchObject({ value: 5 });
    expect(readAggregate(counted, ref, 103 * DAY)).toMatchObject({ value: 0 });
    expect(readAggregate(activity(), ref, 0)).toMatchObject({ value: 0 });
    expect(expiries(counted, ref)).toEqual([102 * DAY, 103 * DAY]);
    expect(expiries(activity(), ref)).toEqual([]);
  });

  it('refuses a state of another function', () => {
    const ref = refOf({ ...orders, window: { days: 2 } });

    expect(() => readAggregate(activity({ computed: { [ref.key ?? '']: [[0, 'x']] } }), ref, 0)).toThrow(
      TypeError,
    );
  });
});
