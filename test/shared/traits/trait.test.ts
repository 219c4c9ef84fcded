import { describe, expect, it } from 'vitest';
import {
  compareSaid,
  compareStamps,
  compareWrites,
  type Said,
  type Stamp,
  saidOf,
  storedOf,
  Trait,
  type TraitWrite,
} from '#shared/traits/trait.ts';
import { TraitDefinition } from '#shared/traits/trait-definition.ts';
import { valueByRule } from '#shared/traits/trait-value.ts';

const write = (value: unknown, at: number, id = `m${at}`): TraitWrite => ({
  value,
  at,
  id,
  source: 'web',
  messageId: id,
});
const said = (value: unknown, at: number, last: Stamp = [at, `m${at}`]): Said => ({
  write: write(value, at),
  last,
});
const rule = (definition: object): TraitDefinition => TraitDefinition.parse({ id: 't', ...definition });

describe('the order of writes', () => {
  it('is by time, then by fingerprint', () => {
    const inOrder: Stamp[] = [
      [1, 'b'],
      [1, 'c'],
      [2, 'a'],
    ];

    expect(inOrder.toReversed().sort(compareStamps)).toEqual(inOrder);
    expect(inOrder.toSorted(compareStamps)).toEqual(inOrder);
    expect(compareStamps([1, 'b'], [1, 'b'])).toBe(0);
  });

  it('is of what one event says that of the values', () => {
    const inOrder = ['a', 'b', 'c'].map((value) => said(value, 1));

    expect(inOrder.toReversed().sort(compareSaid)).toEqual(inOrder);
    expect(inOrder.toReversed().sort(compareWrites)).toEqual(inOrder);
  });

  it('is by when a value was said last, or first', () => {
    const [again, later] = [said('a', 1, [9, 'm9']), said('b', 5)];

    expect([again, later].sort(compareSaid)).toEqual([later, again]);
    expect([later, again].sort(compareWrites)).toEqual([again, later]);
  });
});

describe('what is stored of a trait', () => {
  it('is one write, and when it was said again', () => {
    expect(storedOf([said('a', 1)], false)).toEqual({ trait: write('a', 1) });
    expect(storedOf([said('a', 1, [5, 'm5'])], false)).toEqual({
      trait: write('a', 1),
      affirmed: [[5, 'm5']],
    });
  });

  it('is a list where its rule keeps several, in the order of the writes', () => {
    const kept = [said('b', 2), said('a', 1, [5, 'm5'])];

    expect(storedOf(kept, true)).toEqual({
      trait: [write('a', 1), write('b', 2)],
      affirmed: [[5, 'm5'], null],
    });
    expect(storedOf([said('a', 1)], true)).toEqual({ trait: [write('a', 1)] });
  });

  it('is never nothing', () => {
    expect(() => storedOf([], true)).toThrow('a trait without a write is not stored');
  });

  it.each([
    { kept: [said('a', 1)], several: false },
    { kept: [said('a', 1, [5, 'm5'])], several: false },
    { kept: [said('a', 1, [1, 'm2'])], several: false },
    { kept: [said('a', 1, [5, 'm5']), said('b', 2), said('c', 3, [5, 'm5'])], several: true },
  ])('is read as it was said: %#', ({ kept, several }) => {
    const { trait, affirmed } = storedOf(kept, several);

    expect(saidOf(trait, affirmed)).toEqual(kept);
    expect(Trait.parse(trait)).toEqual(trait);
  });

  it('says nothing where there is none, and takes no account of an earlier repetition', () => {
    expect(saidOf(undefined, undefined)).toEqual([]);
    expect(saidOf(write('a', 5), [[3, 'm3']])).toEqual([said('a', 5)]);
    expect(saidOf([write('a', 5)], [[5, 'a']])).toEqual([said('a', 5)]);
  });
});

describe('Trait', () => {
  it.each([
    [],
    {},
    [{}],
    { ...write('a', 1), colour: 'red' },
    { ...write('a', 1), at: -1 },
    { ...write('a', 1), id: 7 },
  ])('is not read from %j', (stored) => {
    expect(Trait.safeParse(stored).success).toBe(false);
  });
});

describe('valueByRule', () => {
  const valueIn = (trait: Trait | undefined, definition?: object) =>
    valueByRule(trait, { rule: definition && rule(definition), affirmed: undefined });

  it('is that of the one write there is', () => {
    expect([
      valueIn(undefined),
      valueIn(write('a', 1)),
      valueIn(write(null, 1)),
      valueIn(write(0, 1)),
    ]).toEqual([undefined, 'a', undefined, 0]);
  });

  it('is a list of a union, in the order of the values, also of one write', () => {
    const union = { strategy: 'union' };

    expect(valueIn([write('b', 1), write('a', 2)], union)).toEqual(['a', 'b']);
    expect(valueIn(write('a', 1), union)).toEqual(['a']);
    expect(valueIn(write(['b', 'a'], 1), union)).toEqual(['a', 'b']);
    expect(valueIn([write(null, 1)], union)).toBeUndefined();
  });

  it('is that of the most trusted source that says anything', () => {
    const trusted = { strategy: 'mostTrustedSource', sources: ['crm', 'web'] };
    const crm = (value: unknown) => ({ ...write(value, 1), source: 'crm' });

    expect(valueIn([crm('a'), write('b', 5)], trusted)).toBe('a');
    expect(valueIn([crm(null), write('b', 5)], trusted)).toBe('b');
    expect(valueIn([crm(null)], trusted)).toBeUndefined();
  });

  it('follows the rule there is now, whatever it was stored under', () => {
    const stored = [write(1, 1), write(3, 2), write(2, 3)];

    expect([
      valueIn(stored),
      valueIn(stored, { strategy: 'first' }),
      valueIn(stored, { strategy: 'max' }),
    ]).toEqual([2, 1, 3]);
  });

  it('takes a repetition into account', () => {
    const stored = [write('a', 1), write('b', 2)];

    expect(valueByRule(stored, { rule: undefined, affirmed: [[9, 'm9'], null] })).toBe('a');
  });
});
