import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addMinor, compareMinor, Minor, negateMinor } from '#shared/traits/minor.ts';

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
