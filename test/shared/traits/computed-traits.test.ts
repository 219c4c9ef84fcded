import { describe, expect, it } from 'vitest';
import { amountsOf } from '#shared/traits/computed-traits.ts';

const ordered = (properties: Readonly<Record<string, unknown>>) =>
  amountsOf({ event: 'Order Completed', properties });

describe('amountsOf', () => {
  it.each([
    [{ total: 29.33, currency: 'EUR' }, 'EUR', 2933],
    [{ total: '29.33', currency: 'eur' }, 'EUR', 2933],
    [{ total: 500, currency: 'JPY' }, 'JPY', 500],
    [{ total: -5, currency: 'USD' }, 'USD', -500],
    [{ total: 5 }, 'USD', 500],
    [{ total: 5, currency: 7 }, 'USD', 500],
  ])('adds %j to what was spent', (properties, currency, minor) => {
    expect(ordered(properties)).toEqual([{ name: 'total_spent', currency, minor }]);
  });

  it.each([{ currency: 'EUR' }, { total: 'much' }, { total: 5, currency: 'shells' }, { revenue: 5 }])(
    'adds nothing for %j',
    (properties) => {
      expect(ordered(properties)).toEqual([]);
    },
  );

  it('adds nothing for other events, and for an order that says nothing', () => {
    expect(amountsOf({ event: 'Order Refunded', properties: { total: 5 } })).toEqual([]);
    expect(amountsOf({ event: undefined, properties: { total: 5 } })).toEqual([]);
    expect(amountsOf({ event: 'Order Completed', properties: undefined })).toEqual([]);
  });
});
