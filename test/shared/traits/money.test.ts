import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { majorText, minorDigits, minorUnits } from '#shared/traits/money.ts';

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
    [-1e-7, 'USD', 0],
    [100_000_000_000, 'USD', 10_000_000_000_000],
    [100_000_000_000.01, 'USD', undefined],
    [-100_000_000_000.01, 'USD', undefined],
    ['', 'USD', undefined],
    ['  ', 'USD', undefined],
    [null, 'USD', undefined],
    [{}, 'USD', undefined],
    ['12 €', 'EUR', undefined],
    [Number.NaN, 'USD', undefined],
    [5, 'usd', undefined],
    [true, 'USD', undefined],
  ])('of %j %s are %j', (amount, currency, minor) => {
    expect(minorUnits(amount, currency)).toBe(minor);
  });

  it('are undone by majorText, for every amount that the currency can write', () => {
    const amount = fc.integer({ min: -1e13, max: 1e13 });
    fc.assert(
      fc.property(amount, fc.constantFrom('USD', 'JPY', 'KWD'), (minor, currency) => {
        expect(minorUnits(majorText(minor, currency), currency)).toBe(minor === 0 ? 0 : minor);
      }),
    );
  });
});

describe('majorText', () => {
  it.each([
    [24_409_194, 'USD', '244091.94'],
    [-5, 'EUR', '-0.05'],
    [0, 'USD', '0.00'],
    [1234, 'JPY', '1234'],
    [-1, 'KWD', '-0.001'],
    [7, 'shells', '7'],
  ])('of %j %s is %s', (minor, currency, text) => {
    expect(majorText(minor, currency)).toBe(text);
  });
});

describe('minorDigits', () => {
  // ISO 4217, table A.1
  it.each([
    ['USD', 2],
    ['JPY', 0],
    ['KWD', 3],
    ['usd', undefined],
    ['', undefined],
  ])('of %j are %j', (currency, digits) => {
    expect(minorDigits(currency)).toBe(digits);
  });
});
