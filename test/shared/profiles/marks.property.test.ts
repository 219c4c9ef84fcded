import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareSequence,
  isMarked,
  joinMarks,
  MARK_LIMIT,
  type Mark,
  mayLack,
} from '#shared/profiles/marks.ts';

const sequence = fc.oneof(fc.constantFrom(8n, 9n, 10n, 11n, 100n), fc.bigInt(0n, 10n ** 55n)).map(String);

/** Of few keys and numbers, each key once, as many as are ever joined. */
const marks: fc.Arbitrary<Mark[]> = fc.uniqueArray(
  fc.tuple(fc.integer({ min: 10, max: 30 }).map(String), sequence, sequence),
  { maxLength: MARK_LIMIT, selector: ([key]) => key, size: 'max' },
);

const sorted = (some: readonly Mark[]): readonly Mark[] => some.toSorted(([a], [b]) => (a < b ? -1 : 1));

const greatestOf = (numbers: readonly string[]): string =>
  String(numbers.map(BigInt).reduce((a, b) => (a > b ? a : b)));

/** What joining comes to, told another way: of each key the greatest, and of those the greatest few. */
function greatest(all: readonly Mark[]): readonly Mark[] {
  const byKey = Map.groupBy(all, ([key]) => key);
  const joined = [...byKey].map(
    ([key, ofKey]): Mark => [
      key,
      greatestOf(ofKey.map(([, from]) => from)),
      greatestOf(ofKey.map(([, , to]) => to)),
    ],
  );
  return joined
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .toSorted(([, , a], [, , b]) => Number(BigInt(b) - BigInt(a)))
    .slice(0, MARK_LIMIT);
}

describe('compareSequence', () => {
  it('compares decimals that are too long for a number', () => {
    fc.assert(
      fc.property(sequence, sequence, (a, b) => {
        const difference = BigInt(a) - BigInt(b);

        expect(Math.sign(compareSequence(a, b))).toBe(difference < 0n ? -1 : Number(difference > 0n));
      }),
    );
  });
});

describe('what a mark tells', () => {
  const known: readonly Mark[] = [
    ['other', '98', '99'],
    ['key', '10', '12'],
  ];

  it('is that every record of its key before it is done with, and none from it on or of another key', () => {
    expect(['8', '9', '10', '11'].map((number) => isMarked(known, 'key', number))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(isMarked(known, 'third', '1')).toBe(false);
  });

  it('is up to which record of its key something may lack, and of no other key', () => {
    expect(['10', '11', '12', '13'].map((number) => mayLack(known, 'key', number))).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(mayLack(known, 'third', '1')).toBe(false);
  });
});

describe('joinMarks', () => {
  it('keeps of records that are equally far those of the least keys, whoever is first', () => {
    const keys = Array.from({ length: MARK_LIMIT + 1 }, (_, n) => `k${n + 10}`);
    const equal = keys.map((key): Mark => [key, '7', '7']);
    const [first = [], ...rest] = [equal.slice(0, 9).toReversed(), equal.slice(9).toReversed()];

    for (const joined of [joinMarks(first, rest.flat()), joinMarks(rest.flat(), first)]) {
      expect(joined.map(([key]) => key).sort()).toEqual(keys.slice(0, MARK_LIMIT));
    }
  });

  it('keeps of each key the greatest, and of the keys those that are greatest', () => {
    fc.assert(
      fc.property(marks, marks, (a, b) => {
        expect(sorted(joinMarks(a, b))).toEqual(sorted(greatest([...a, ...b])));
      }),
    );
  });
});
