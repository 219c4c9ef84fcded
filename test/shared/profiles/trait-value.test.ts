import { describe, expect, it } from 'vitest';
import { saidByTrait, traitValue, traitValues } from '#shared/profiles/trait-value.ts';
import { DEFAULT_RULES, TraitDefinition, traitRules } from '#shared/traits/trait-definition.ts';
import { person, stampedAt } from '#test/support/person.ts';

const write = (value: unknown, at: number) => ({ value, ...stampedAt(at) });
const union = traitRules([TraitDefinition.parse({ id: 'tags', strategy: 'union' })]);

const ada = person('ada', {
  profile: {
    traits: {
      city: write('Lyon', 1),
      gone: write(null, 2),
      tags: [write('b', 1), write(null, 0), write('a', 2)],
      toString: write('own', 1),
    },
  },
  activity: { affirmed: { tags: [[9, 'm9'], null, null] } },
});

describe('traitValue', () => {
  it('reads a trait by its rule, and none that there is not', () => {
    expect(traitValue('tags', union)(ada)).toEqual(['a', 'b']);
    expect(traitValue('tags', DEFAULT_RULES)(ada)).toBe('b');
    expect(
      traitValue('city', traitRules([TraitDefinition.parse({ id: 'city', strategy: 'union' })]))(ada),
    ).toEqual(['Lyon']);
    expect(['city', 'gone', 'toString'].map((name) => traitValue(name, union)(ada))).toEqual([
      'Lyon',
      undefined,
      'own',
    ]);
    for (const name of ['plan', ...Object.getOwnPropertyNames(Object.prototype)]) {
      if (name !== 'toString') expect(traitValue(name, union)(ada)).toBeUndefined();
    }
  });
});

describe('traitValues', () => {
  it('reads all that a person has', () => {
    expect(traitValues(ada, union)).toStrictEqual({ city: 'Lyon', tags: ['a', 'b'], toString: 'own' });
  });
});

describe('saidByTrait', () => {
  it('tells the writes that a value is made of, the one that decides it first, and no tombstone', () => {
    const { value, writes } = saidByTrait(ada, 'tags', union);

    expect(value).toEqual(['a', 'b']);
    expect(writes.map((one) => one.value)).toEqual(['b', 'a']);
    expect(saidByTrait(ada, 'gone', union)).toEqual({ value: undefined, writes: [] });
    expect(saidByTrait(ada, 'plan', union)).toEqual({ value: undefined, writes: [] });
  });
});
