import { describe, expect, it } from 'vitest';
import { partAt } from '#shared/traits/part-at.ts';

describe('partAt', () => {
  it.each([
    [{ a: { b: 7 } }, ['a', 'b'], 7],
    [{ a: { b: 7 } }, ['a'], { b: 7 }],
    [{ a: [{ b: 7 }] }, ['a', '0', 'b'], 7],
    [7, [], 7],
    [{ a: null }, ['a'], null],
    [{ a: null }, ['a', 'b'], undefined],
    [{ a: 'text' }, ['a', 'length'], undefined],
    [{ a: 7 }, ['b'], undefined],
    [{}, ['toString'], undefined],
    [undefined, ['a'], undefined],
  ])('of %j under %j is %j', (value, names, part) => {
    expect(partAt(value, names)).toEqual(part);
  });
});
