import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { majorText, minorUnits } from '#shared/traits/money.ts';

describe('minorUnits', () => {
  it.each([
    [29.33, 'USD', 2933],
    [1.005, 'USD', 101],
    [-1.005, 'USD', -101],
    ['14.96', 'EUR', 1496],
    [1200, 'JPY', 1200],
    [1.2345, 'KWD', 1235],
    [1e21, 'USD', undefined],
    [1e-7, 'USD', 0],
    ['', 'USD', undefined],
    ['12 €', 'EUR', undefined],
    [Number.NaN, 'USD', undefined],
    [5, 'usd', undefined],
    [true, 'USD', undefined],
  ])('of %j %s are %j', (amount, currency, minor) => {
    expect(minorUnits(amount, currency)).toBe(minor);
  });

  it('are undone by majorText, for every amount that the currency can write', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.constantFrom('USD', 'JPY', 'KWD'), (minor, currency) => {
        fc.pre(Math.abs(minor) <= 1e13);
        expect(minorUnits(majorText(minor, currency), currency)).toBe(minor === 0 ? 0 : minor);
      }),
    );
  });
});
