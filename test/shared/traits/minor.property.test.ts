import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addMinor,
  compareMinor,
  decimalText,
  fixedPoint,
  Minor,
  negateMinor,
  readNumber,
} from '#shared/traits/minor.ts';

const MAX = Number.MAX_SAFE_INTEGER;
/** Around where numbers are no longer exact, and beyond. */
const big = fc.oneof(
  fc.bigInt({ min: -5n, max: 5n }),
  fc.bigInt({ min: BigInt(MAX) - 3n, max: BigInt(MAX) + 3n }),
  fc.bigInt({ min: -BigInt(MAX) - 3n, max: -BigInt(MAX) + 3n }),
  fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
);
const minorOf = (value: bigint): Minor =>
  value >= -BigInt(MAX) && value <= BigInt(MAX) ? Number(value) : String(value);

describe('addMinor', () => {
  it('is exact, whatever is added in whatever order', () => {
    fc.assert(
      fc.property(fc.array(big, { maxLength: 8 }), (values) => {
        const sum = values.map(minorOf).reduce(addMinor, 0);
        const backwards = values.map(minorOf).reduceRight((all, one) => addMinor(one, all), minorOf(0n));

        expect(sum).toEqual(minorOf(values.reduce((a, b) => a + b, 0n)));
        expect(backwards).toEqual(sum);
        expect(Minor.parse(sum)).toEqual(sum);
      }),
      { numRuns: 500 },
    );
  });

  it('is a number as long as that is exact', () => {
    expect(addMinor(MAX - 1, 1)).toBe(MAX);
    expect(addMinor(MAX, 1)).toBe('9007199254740992');
    expect(addMinor('9007199254740992', -1)).toBe(MAX);
    expect(addMinor(-MAX, -1)).toBe('-9007199254740992');
    expect(addMinor(-MAX + 1, -1)).toBe(-MAX);
  });
});

describe('negateMinor', () => {
  it('is what makes nothing of it', () => {
    fc.assert(
      fc.property(big, (value) => {
        expect(addMinor(minorOf(value), negateMinor(minorOf(value)))).toBe(0);
        expect(negateMinor(minorOf(value))).toEqual(minorOf(-value));
      }),
    );
  });
});

describe('fixedPoint', () => {
  it.each([
    [1.005, 2, 101],
    [-1.005, 2, -101],
    ['12.5', 1, 125],
    [7, 0, 7],
    [1e-7, 6, 0],
    [1e9, 6, 1e15],
    [1e9 + 1, 6, undefined],
    [-1e9 - 1, 6, undefined],
    [1e21, 0, undefined],
    ['much', 2, undefined],
  ])('of %j with %i places is %j', (amount, places, fixed) => {
    expect(fixedPoint(amount, { places })).toBe(fixed);
  });

  it('is no more than is asked for', () => {
    expect([fixedPoint(10, { places: 1, most: 100 }), fixedPoint(10.1, { places: 1, most: 100 })]).toEqual([
      100,
      undefined,
    ]);
  });
});

describe('readNumber', () => {
  it.each([
    [7, 7],
    [-0, 0],
    [' 7.5 ', 7.5],
    ['-0', 0],
    ['', undefined],
    [' ', undefined],
    ['7 €', undefined],
    [Number.NaN, undefined],
    ['Infinity', undefined],
    [null, undefined],
    [true, undefined],
    [[7], undefined],
  ])('of %j is %j', (value, number) => {
    expect(readNumber(value)).toBe(number);
  });
});

describe('decimalText', () => {
  it.each([
    [24_409_194, 2, '244091.94'],
    [-5, 2, '-0.05'],
    [0, 3, '0.000'],
    [7, 0, '7'],
    ['-9007199254740993', 1, '-900719925474099.3'],
  ])('of %j with %i places is %s', (minor, places, text) => {
    expect(decimalText(minor, places)).toBe(text);
  });
});

describe('compareMinor', () => {
  it('is the order of what they stand for', () => {
    fc.assert(
      fc.property(big, big, (a, b) => {
        expect(Math.sign(compareMinor(minorOf(a), minorOf(b)))).toBe(a < b ? -1 : Number(a > b));
      }),
    );
  });
});

it.each([
  ...['12', '9007199254740992.5', 'x', '', 1.5],
  ...['x9007199254740992', '9007199254740992x', '+9007199254740992', '1'.repeat(401)],
])('%j is no sum', (value) => {
  expect(Minor.safeParse(value).success).toBe(false);
});
