import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SeenId } from '#shared/profiles/activity.ts';
import { stableJson } from '#shared/profiles/canonical.ts';
import { compareSeen, decideWrite, latestWrite, sameValue } from '#shared/profiles/register.ts';

const write = (value: unknown, at: number, id = 'm') => ({ value, at, id });

describe('decideWrite', () => {
  const current = write('red', 5, 'm');

  it.each([
    { name: 'the first', current: undefined, incoming: write(null, 0), change: 'replaced' },
    { name: 'a later one of another value', current, incoming: write('blue', 6), change: 'replaced' },
    { name: 'a later one of its value', current, incoming: write('red', 6), change: 'affirmed' },
    { name: 'an earlier one', current, incoming: write('blue', 4, 'z'), change: 'ignored' },
    { name: 'one as late, by a greater id', current, incoming: write('blue', 5, 'n'), change: 'replaced' },
    { name: 'one as late, by a lesser id', current, incoming: write('blue', 5, 'l'), change: 'ignored' },
    { name: 'itself', current, incoming: current, change: 'ignored' },
  ] as const)('$name is $change', ({ current, incoming, change }) => {
    expect(decideWrite(current, undefined, incoming)).toBe(change);
  });

  it('takes nothing from before the value was affirmed', () => {
    expect(decideWrite(current, [8, 'm'], write('blue', 7))).toBe('ignored');
    expect(decideWrite(current, [8, 'm'], write('blue', 9))).toBe('replaced');
  });

  it('takes no account of an affirmation from before the write itself', () => {
    expect(decideWrite(current, [3, 'm'], write('blue', 4))).toBe('ignored');
  });
});

describe('latestWrite', () => {
  it.each<{ affirmed: SeenId | undefined; latest: SeenId }>([
    { affirmed: undefined, latest: [5, 'm'] },
    { affirmed: [6, 'a'], latest: [6, 'a'] },
    { affirmed: [5, 'n'], latest: [5, 'n'] },
    { affirmed: [5, 'l'], latest: [5, 'm'] },
    { affirmed: [4, 'z'], latest: [5, 'm'] },
  ])('of a write at 5 and an affirmation at $affirmed is $latest', ({ affirmed, latest }) => {
    expect(latestWrite({ at: 5, id: 'm' }, affirmed)).toEqual(latest);
  });
});

describe('compareSeen', () => {
  it('orders by time, then by fingerprint', () => {
    const inOrder: SeenId[] = [
      [1, 'b'],
      [1, 'c'],
      [2, 'a'],
    ];

    expect(inOrder.toReversed().sort(compareSeen)).toEqual(inOrder);
    expect(compareSeen([1, 'b'], [1, 'b'])).toBe(0);
  });
});

describe('sameValue', () => {
  const { tree } = fc.letrec((tie) => ({
    leaf: fc.constantFrom<unknown>(null, true, 0, 1, '', '0'),
    tree: fc.oneof(
      { maxDepth: 2, withCrossShrink: true },
      tie('leaf'),
      fc.array(tie('tree'), { maxLength: 2 }),
      fc.dictionary(fc.constantFrom('0', '1', 'toString'), tie('tree'), { noNullPrototype: true }),
    ),
  }));

  it('holds for values of one JSON, in whatever order their keys stand', () => {
    fc.assert(
      fc.property(tree, tree, (a, b) => {
        expect(sameValue(a, b)).toBe(stableJson(a) === stableJson(b));
      }),
      { numRuns: 1000 },
    );
  });

  it.each<[unknown, unknown]>([
    [[], {}],
    [['x'], { 0: 'x' }],
    [null, {}],
    [{ a: undefined }, { b: undefined }],
    [{ a: 1 }, { a: 1, b: 2 }],
    [{ a: 1, b: 2 }, { a: 1 }],
    [
      { a: 1, b: 2 },
      { a: 1, b: 3 },
    ],
    [1, '1'],
    ['', []],
  ])('does not hold for %j and %j', (a, b) => {
    expect(sameValue(a, b)).toBe(false);
    expect(sameValue(b, a)).toBe(false);
  });
});
