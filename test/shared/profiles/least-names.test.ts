import { describe, expect, it } from 'vitest';
import { hasRoom, leastNames } from '#shared/profiles/least-names.ts';

describe('leastNames', () => {
  it('keeps the least names, in the order of the record', () => {
    const kept = leastNames({ c: 1, a: 2, d: 3, b: 4 }, 3);

    expect(Object.entries(kept)).toEqual([
      ['c', 1],
      ['a', 2],
      ['b', 4],
    ]);
  });

  it('gives back the record itself where all of it stays, so that nothing looks changed', () => {
    const record = { b: 1, a: 2 };

    expect(leastNames(record, 2)).toBe(record);
    expect(leastNames(record, 3)).toBe(record);
  });
});

describe('hasRoom', () => {
  it.each([
    ['a', true],
    ['c', true],
    ['e', false],
  ])('for %s among the least two, where there are b and d: %s', (name, expected) => {
    expect(hasRoom({ b: 1, d: 1 }, name, 2)).toBe(expected);
  });

  it('for any name where there are fewer', () => {
    expect(hasRoom({ b: 1, d: 1 }, 'e', 3)).toBe(true);
  });
});
