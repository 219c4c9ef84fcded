import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stableJson } from '#shared/traits/json-order.ts';
import { keepsSeveral, keepWrites, placeOf } from '#shared/traits/keep-writes.ts';
import { compareSaid, compareWrites, type Said, saidOf, storedOf } from '#shared/traits/trait.ts';
import { DEFAULT_RULES, writesKept } from '#shared/traits/trait-definition.ts';
import { valueByRule } from '#shared/traits/trait-value.ts';
import { said, traitRule } from '#test/support/trait-arbitraries.ts';

const writes = fc.array(said, { maxLength: 12 });

/** What a selection is up to the events that first said its values, which depend on what came first. */
const essence = (kept: readonly Said[]): readonly string[] =>
  kept.toSorted(compareSaid).map(({ write: { value }, last }) => stableJson([value, last]));

describe('keepWrites', () => {
  it('keeps of a selection and more what it keeps of all', () => {
    fc.assert(
      fc.property(traitRule, writes, writes, (rule, a, b) => {
        const partly = keepWrites([...keepWrites(a, rule), ...b], rule);

        expect(essence(partly)).toEqual(essence(keepWrites([...a, ...b], rule)));
      }),
      { numRuns: 1000 },
    );
  });

  it('joins: commutes, associates, and takes the same twice for once', () => {
    fc.assert(
      fc.property(traitRule, writes, writes, writes, (rule, a, b, c) => {
        const join = (x: readonly Said[], y: readonly Said[]) => keepWrites([...x, ...y], rule);
        const [x, y, z] = [keepWrites(a, rule), keepWrites(b, rule), keepWrites(c, rule)];

        expect(essence(join(x, y))).toEqual(essence(join(y, x)));
        expect(essence(join(join(x, y), z))).toEqual(essence(join(x, join(y, z))));
        expect(essence(join(x, x))).toEqual(essence(x));
        expect(essence(join(join(x, y), y))).toEqual(essence(join(x, y)));
      }),
      { numRuns: 500 },
    );
  });

  it('keeps no more writes than its definition says, and of one value one', () => {
    fc.assert(
      fc.property(traitRule, writes, (rule, all) => {
        const kept = keepWrites(all, rule);

        expect(kept.length).toBeLessThanOrEqual(writesKept(rule));
        if (!keepsSeveral(rule)) expect(kept.length).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('makes a value that does not depend on the order', () => {
    fc.assert(
      fc.property(traitRule, writes, (rule, all) => {
        const value = (list: readonly Said[]): unknown => {
          const kept = keepWrites(list, rule);
          if (kept.length === 0) return undefined;
          const { trait, affirmed } = storedOf(kept, keepsSeveral(rule));
          return valueByRule(trait, { rule, affirmed });
        };

        expect(stableJson(value(all.toReversed()))).toBe(stableJson(value(all)));
      }),
    );
  });

  it('is stored and read again as it was', () => {
    fc.assert(
      fc.property(traitRule, writes, (rule, all) => {
        const kept = keepWrites(all, rule);
        if (kept.length === 0) return;
        const { trait, affirmed } = storedOf(kept, keepsSeveral(rule));

        expect(saidOf(trait, affirmed)).toEqual(kept.toSorted(compareWrites));
      }),
    );
  });
});

describe('a strategy', () => {
  const write = (value: unknown, at: number, source = 'web'): Said => ({
    write: { value, at, id: `m${at}`, source, messageId: `m${at}` },
    last: [at, `m${at}`],
  });
  const value = (rule: Parameters<typeof keepWrites>[1], ...all: readonly Said[]): unknown => {
    const kept = keepWrites(all, rule);
    return kept.length === 0
      ? undefined
      : valueByRule(storedOf(kept, keepsSeveral(rule)).trait, { rule, affirmed: undefined });
  };

  it('latest takes the last write, and nothing where that took the value away', () => {
    expect(value(undefined, write('a', 1), write('b', 2))).toBe('b');
    expect(value(undefined, write('a', 1), write(null, 2))).toBeUndefined();
    expect(value(undefined, write('a', 3), write(null, 2))).toBe('a');
  });

  it('first takes the earliest, which nothing takes away', () => {
    const rule = { id: 't', strategy: 'first' } as const;

    expect(value(rule, write('b', 2), write('a', 1), write(null, 0), write(null, 3))).toBe('a');
    expect(value(rule, write(null, 1))).toBeUndefined();
  });

  it.each([
    ['max', [2, 10, 9], 10],
    ['min', [2, 10, 9], 2],
    ['max', ['b', 7, true, 'a'], 'b'],
    ['min', ['b', 7, true, 'a', false], false],
    ['max', ['z', ['a'], ['a', 'b'], ['a', 'a']], ['a', 'b']],
    ['max', [['z'], { b: 1, a: 2 }, { a: 2, b: 0 }], { a: 2, b: 1 }],
  ] as const)('%s of %j is %j', (strategy, values, expected) => {
    const all = values.map((one, at) => write(one, at));

    expect(value({ id: 't', strategy }, ...all)).toEqual(expected);
    expect(value({ id: 't', strategy }, ...all.toReversed())).toEqual(expected);
  });

  it.each(['max', 'min'] as const)('%s keeps the earliest of equal values', (strategy) => {
    const kept = keepWrites([write(5, 3), write(5, 1), write(5, 2)], { id: 't', strategy });

    expect(kept.map(({ write: { at } }) => at)).toEqual([1]);
  });

  it.each(['first', 'max', 'min', 'latest'] as const)(
    '%s keeps of two that say the same at once the one that stands first',
    (strategy) => {
      const [a, b] = [write('x', 1), write('x', 2)].map((one): Said => ({ ...one, last: [5, 'm5'] }));
      if (a === undefined || b === undefined) throw new Error('two');

      expect(keepWrites([a, b], { id: 't', strategy })).toEqual([a]);
      expect(keepWrites([b, a], { id: 't', strategy })).toEqual([b]);
    },
  );

  it('union takes the values said last, each once, in their order', () => {
    const rule = { id: 't', strategy: 'union', limit: 3 } as const;

    expect(value(rule, write(['d', 'a'], 1), write('b', 2), write(['c', 'b'], 3))).toEqual(['b', 'c', 'd']);
    expect(value(rule, write('d', 4), write(['d', 'a'], 1), write(['b', 'c'], 2))).toEqual(['b', 'c', 'd']);
    expect(value(rule, write([['a', null], [['b']]], 1))).toEqual(['a', 'b']);
  });

  it('union loses what was said before it was taken away, and no more', () => {
    const rule = { id: 't', strategy: 'union' } as const;

    expect(value(rule, write('a', 1), write(null, 2), write('b', 3), write('c', 2))).toEqual(['b']);
    expect(value(rule, write('a', 1), write(null, 2))).toBeUndefined();
    expect(value(rule, write([], 1))).toBeUndefined();
  });

  it('mostTrustedSource takes the first source that says anything, and its latest', () => {
    const rule = { id: 't', strategy: 'mostTrustedSource', sources: ['crm', 'shop'] } as const;
    const strategy = { ...rule, sources: [...rule.sources] };

    const all = [write('w', 9, 'web'), write('s', 2, 'shop'), write('c1', 1, 'crm'), write('c2', 3, 'crm')];
    expect(value(strategy, ...all)).toBe('c2');
    expect(value(strategy, ...all, write(null, 4, 'crm'))).toBe('s');
    expect(value(strategy, write('w', 1, 'web'), write('x', 2, 'app'))).toBe('x');
  });
});

describe('placeOf', () => {
  it('is where a source stands in a ranking, the last of all where it does not', () => {
    const rule = { id: 't', strategy: 'mostTrustedSource' as const, sources: ['crm', 'shop'] };

    expect(['crm', 'shop', 'web', 'app'].map((source) => placeOf(source, rule))).toEqual([0, 1, 2, 2]);
  });

  it('is one for every source where there is no ranking', () => {
    expect(placeOf('crm', undefined)).toBe(0);
    expect(placeOf('crm', { id: 't', strategy: 'latest' })).toBe(0);
  });
});

describe('valueByRule', () => {
  it('reads what was stored under another rule as writes of its own', () => {
    const write = (value: unknown, at: number) => ({
      value,
      at,
      id: `m${at}`,
      source: 'crm',
      messageId: `m${at}`,
    });
    const list = [write('b', 2), write('a', 3), write('c', 1)];
    const affirmed = [[9, 'm9'] as const, null, null];

    expect(valueByRule(list, { rule: undefined, affirmed })).toBe('b');
    expect(valueByRule(list, { rule: undefined, affirmed: undefined })).toBe('a');
    expect(valueByRule(list, { rule: { id: 't', strategy: 'min' }, affirmed })).toBe('a');
    expect(valueByRule(list, { rule: { id: 't', strategy: 'union', limit: 2 }, affirmed })).toEqual([
      'a',
      'b',
    ]);
    expect(
      valueByRule(write(['y', 'x'], 1), { rule: { id: 't', strategy: 'union' }, affirmed: undefined }),
    ).toEqual(['x', 'y']);
    expect(
      valueByRule(write(null, 1), { rule: DEFAULT_RULES.get('birthday'), affirmed: undefined }),
    ).toBeUndefined();
  });
});
