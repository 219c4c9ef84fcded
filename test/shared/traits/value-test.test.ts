import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Truth } from '#shared/kernel/truth.ts';
import {
  compileOperators,
  everyTest,
  type OperatorTest,
  VALUE_OPERATORS,
} from '#shared/traits/value-test.ts';

const Operators = z.strictObject(VALUE_OPERATORS);

describe('what may be asked of a value', () => {
  const text = 'x'.repeat(500);

  it.each([
    {},
    ...['x', '', text, 7, true].map((equals) => ({ equals })),
    { in: ['x', 7, false] },
    { in: Array.from({ length: 1000 }, (_, n) => n) },
    ...['x', text].flatMap((part) => [{ contains: part }, { startsWith: part }]),
    { exists: true },
    { exists: false },
    ...['greaterThan', 'atLeast', 'lessThan', 'atMost'].flatMap((name) =>
      [7, '', text].map((operand) => ({ [name]: operand })),
    ),
  ])('is %j', (test) => {
    expect(Operators.parse(test)).toEqual(test);
  });

  it.each([
    ...[null, {}, `${text}x`].map((equals) => ({ equals })),
    ...[[], 'x', [null], [`${text}x`], Array.from({ length: 1001 }, (_, n) => n)].map((some) => ({
      in: some,
    })),
    ...['', 7, `${text}x`].flatMap((part) => [{ contains: part }, { startsWith: part }]),
    { exists: 'yes' },
    ...['greaterThan', 'atLeast', 'lessThan', 'atMost'].flatMap((name) =>
      [true, null, `${text}x`].map((operand) => ({ [name]: operand })),
    ),
    { like: 'x' },
  ])('is not %j', (test) => {
    expect(Operators.safeParse(test).success).toBe(false);
  });
});

describe('compileOperators', () => {
  // More than are looked through one by one
  const many = ['a', 1, 2, 3, 4, 5, 6, 7, 8, 9];

  it.each<readonly [test: OperatorTest, value: unknown, holds: Truth]>([
    [{ equals: 'a' }, 'a', true],
    [{ equals: 'a' }, 'b', false],
    [{ equals: 7 }, '7', undefined],
    [{ equals: 7 }, 8, false],
    [{ equals: false }, false, true],
    [{ equals: false }, true, false],
    [{ equals: false }, 0, undefined],
    [{ equals: 'a' }, undefined, undefined],
    [{ in: ['a', 7] }, 7, true],
    [{ in: ['a', 7] }, 8, false],
    [{ in: ['a', 7] }, true, undefined],
    [{ in: many }, 9, true],
    [{ in: many }, 'a', true],
    [{ in: many }, 10, false],
    [{ in: many }, 'b', false],
    [{ in: many }, true, undefined],
    [{ contains: 'b' }, 'abc', true],
    [{ contains: 'b' }, 'acc', false],
    [{ contains: 'b' }, ['a', 'b'], true],
    [{ contains: 'b' }, ['abc'], false],
    [{ contains: 'b' }, 7, undefined],
    [{ contains: 'b' }, null, undefined],
    [{ startsWith: 'a' }, 'ab', true],
    [{ startsWith: 'a' }, 'ba', false],
    [{ startsWith: 'a' }, ['ab'], undefined],
    [{ matches: '^a+$' }, 'aaa', true],
    [{ matches: '^a+$' }, 'aab', false],
    [{ matches: '^a+$' }, 7, undefined],
    [{ exists: true }, 'a', true],
    [{ exists: true }, 0, true],
    [{ exists: true }, null, false],
    [{ exists: true }, undefined, false],
    [{ exists: false }, undefined, true],
    [{ exists: false }, null, true],
    [{ exists: false }, '', false],
    [{ exists: true, equals: 'a' }, undefined, false],
    [{ exists: true, equals: 'a' }, 'a', true],
    [{ exists: true, equals: 'a' }, 'b', false],
    [{}, 'a', true],
    [{}, undefined, true],
  ])('%j of %j is %j', (test, value, holds) => {
    expect(compileOperators(test)(value)).toBe(holds);
  });

  it.each<readonly [test: OperatorTest, below: Truth, equal: Truth, above: Truth]>([
    [{ greaterThan: 5 }, false, false, true],
    [{ atLeast: 5 }, false, true, true],
    [{ lessThan: 5 }, true, false, false],
    [{ atMost: 5 }, true, true, false],
    [{ atLeast: 5, lessThan: 6 }, false, true, false],
    [{ greaterThan: 4, atMost: 5, equals: 5 }, false, true, false],
  ])('%j of 4, 5 and 6 is %j, %j and %j, and nothing of a text', (test, ...holds) => {
    expect([4, 5, 6].map(compileOperators(test))).toEqual(holds);
    expect(compileOperators(test)('5')).toBeUndefined();
  });

  it.each<readonly [test: OperatorTest, before: Truth, same: Truth, after: Truth]>([
    [{ greaterThan: '2026-11-22' }, false, false, true],
    [{ atLeast: '2026-11-22' }, false, true, true],
    [{ lessThan: '2026-11-22' }, true, false, false],
    [{ atMost: '2026-11-22' }, true, true, false],
  ])(
    '%j compares dates as texts: the day before, the same, the day after; nothing of a number',
    (test, ...holds) => {
      const ask = compileOperators(test);

      expect(['2026-11-21', '2026-11-22', '2026-11-23'].map(ask)).toEqual(holds);
      expect([ask(20_261_122), ask(undefined)]).toEqual([undefined, undefined]);
    },
  );
});

describe('everyTest', () => {
  const tell =
    (...truths: readonly Truth[]) =>
    (value: unknown) =>
      truths[Number(value)];

  it.each<readonly [tests: readonly Truth[], all: Truth]>([
    [[], true],
    [[true], true],
    [[undefined], undefined],
    [[true, true, true], true],
    [[true, true, false], false],
    [[true, undefined, true], undefined],
    [[undefined, true, true], undefined],
    [[undefined, true, false], false],
    [[undefined, undefined], undefined],
    [[false, undefined], false],
  ])('of %j is %j', (truths, all) => {
    expect(everyTest(truths.map((truth) => tell(truth)))(0)).toBe(all);
  });

  it('asks nothing more where one is not so', () => {
    const tests = [tell(false, undefined), () => expect.unreachable()];

    expect(everyTest(tests)(0)).toBe(false);
  });
});
