import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareJson, stableJson } from '#shared/traits/json-order.ts';

const { tree } = fc.letrec((tie) => ({
  leaf: fc.constantFrom<unknown>(null, true, false, 0, 1, -2.5, '', '0', 'b'),
  tree: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    tie('leaf'),
    fc.array(tie('tree'), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom('0', '1', 'toString'), tie('tree'), { noNullPrototype: true }),
  ),
}));

describe('compareJson', () => {
  it('is a total order: one of two is the lesser, unless they are one JSON, whatever the order of keys', () => {
    fc.assert(
      fc.property(tree, tree, (a, b) => {
        expect(Math.sign(compareJson(a, b))).toBe(-Math.sign(compareJson(b, a)) + 0);
        expect(compareJson(a, b) === 0).toBe(stableJson(a) === stableJson(b));
      }),
      { numRuns: 1000 },
    );
  });

  it('is transitive', () => {
    fc.assert(
      fc.property(tree, tree, tree, (...three) => {
        const [a, b, c] = three.sort(compareJson);

        expect(compareJson(a, b)).toBeLessThanOrEqual(0);
        expect(compareJson(b, c)).toBeLessThanOrEqual(0);
        expect(compareJson(a, c)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 1000 },
    );
  });

  it('puts the kinds one after the other, and each in its natural order', () => {
    const inOrder = [
      undefined,
      false,
      true,
      -1,
      0.5,
      2,
      10,
      '',
      'B',
      'a',
      'ab',
      [],
      ['a'],
      ['a', 1],
      ['a', 'a'],
      {},
      { a: 1 },
      { a: 1, b: 0 },
      { a: 2 },
      { b: 0 },
    ];

    for (const [index, value] of inOrder.entries()) {
      for (const greater of inOrder.slice(index + 1)) expect(compareJson(value, greater)).toBeLessThan(0);
    }
  });
});

describe('compareJson of no value', () => {
  it('takes null for it', () => {
    expect([compareJson(null, undefined), compareJson(undefined, null), compareJson(null, null)]).toEqual([
      0, 0, 0,
    ]);
    expect(compareJson(null, false)).toBeLessThan(0);
  });
});

describe('stableJson', () => {
  it('writes keys in one order at every depth, and leaves lists in theirs', () => {
    const value = { b: [2, 1, { d: null, c: 'x' }], a: 1, B: 0 };

    expect(stableJson(value)).toBe('{"B":0,"a":1,"b":[2,1,{"c":"x","d":null}]}');
  });
});
