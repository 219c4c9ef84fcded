import { describe, expect, it } from 'vitest';
import { LIMITS } from '#shared/events/limits.ts';
import {
  DEFAULT_RULES,
  DEFAULT_UNION_LIMIT,
  MAX_RANKED_SOURCES,
  MAX_UNION_LIMIT,
  TraitDefinition,
  TraitName,
  traitRules,
  writesKept,
} from '#shared/traits/trait-definition.ts';

const sources = (count: number): string[] => Array.from({ length: count }, (_, n) => `s${n}`);

describe('TraitName', () => {
  it.each(['firstName', 'E-mail opt-in', 'é', '0', 'x'.repeat(LIMITS.traitNameBytes)])('takes %j', (name) => {
    expect(TraitName.safeParse(name).success).toBe(true);
  });

  it.each([
    '',
    'a/b',
    'a\nb',
    '\ud800',
    '__proto__',
    'constructor',
    'toString',
    'x'.repeat(LIMITS.traitNameBytes + 1),
    'é'.repeat(LIMITS.traitNameBytes / 2 + 1),
    7,
  ])('refuses %j', (name) => {
    expect(TraitName.safeParse(name).success).toBe(false);
  });

  it('says what is wrong with a name', () => {
    const says = (name: string) => TraitName.safeParse(name).error?.issues.map(({ message }) => message);

    expect(says('a/b')).toEqual(['no slash and no control character']);
    expect(says('toString')).toEqual(['not a name that every object has']);
    expect(says('x'.repeat(LIMITS.traitNameBytes + 1))).toEqual([`at most ${LIMITS.traitNameBytes} bytes`]);
  });
});

describe('TraitDefinition', () => {
  it('is the latest of anything where nothing is said', () => {
    expect(TraitDefinition.parse({ id: 'plan' })).toEqual({ id: 'plan', strategy: 'latest' });
  });

  it.each([
    ...['latest', 'first', 'max', 'min', 'union'].map((strategy) => ({ strategy })),
    ...['text', 'number', 'boolean', 'date', 'country', 'currency', 'money', 'phone', 'email'].map(
      (type) => ({ type }),
    ),
    { strategy: 'union', limit: 1 },
    { strategy: 'union', limit: MAX_UNION_LIMIT },
    { strategy: 'mostTrustedSource', sources: ['crm'] },
    { strategy: 'mostTrustedSource', sources: sources(MAX_RANKED_SOURCES) },
  ])('takes %j', (said) => {
    expect(TraitDefinition.safeParse({ id: 'plan', ...said }).data).toMatchObject(said);
  });

  it.each([
    [{ strategy: 'last' }, ['strategy']],
    [{ type: 'colour' }, ['type']],
    [{ colour: 'red' }, []],
    [{ strategy: 'union', limit: 0 }, ['limit']],
    [{ strategy: 'union', limit: 1.5 }, ['limit']],
    [{ strategy: 'union', limit: MAX_UNION_LIMIT + 1 }, ['limit']],
    [{ strategy: 'max', limit: 2 }, ['limit']],
    [{ strategy: 'mostTrustedSource' }, ['sources']],
    [{ strategy: 'mostTrustedSource', sources: [] }, ['sources']],
    [{ strategy: 'mostTrustedSource', sources: ['crm', 'crm'] }, ['sources']],
    [{ strategy: 'mostTrustedSource', sources: sources(MAX_RANKED_SOURCES + 1) }, ['sources']],
    [{ strategy: 'mostTrustedSource', sources: ['no slug'] }, ['sources', 0]],
    [{ sources: ['crm'] }, ['sources']],
  ])('refuses %j, and says where', (said, path) => {
    const issues = TraitDefinition.safeParse({ id: 'plan', ...said }).error?.issues ?? [];

    expect(issues.map((issue) => issue.path)).toEqual([path]);
    expect(issues.every(({ message }) => message !== '')).toBe(true);
  });

  it('says what goes together', () => {
    const says = (said: object) =>
      TraitDefinition.safeParse({ id: 'plan', ...said }).error?.issues.map(({ message }) => message);

    expect(says({ sources: ['crm'] })).toEqual(['goes with mostTrustedSource, and with nothing else']);
    expect(says({ strategy: 'mostTrustedSource', sources: ['a', 'a'] })).toEqual(['each source once']);
    expect(says({ limit: 2 })).toEqual(['goes with union, and with nothing else']);
  });
});

describe('writesKept', () => {
  it.each([
    [{}, 1],
    [{ strategy: 'max' }, 1],
    [{ strategy: 'union' }, DEFAULT_UNION_LIMIT + 1],
    [{ strategy: 'union', limit: 3 }, 4],
    [{ strategy: 'mostTrustedSource', sources: ['crm', 'web'] }, 3],
  ])('of %j are %i at most', (said, most) => {
    expect(writesKept(TraitDefinition.parse({ id: 'plan', ...said }))).toBe(most);
  });
});

describe('traitRules', () => {
  it('are those of the reserved traits, unless the workspace says otherwise', () => {
    const birthday = TraitDefinition.parse({ id: 'birthday', strategy: 'first', type: 'text' });
    const plan = TraitDefinition.parse({ id: 'plan', strategy: 'union' });

    expect([...DEFAULT_RULES.values()]).toEqual([
      { id: 'birthday', strategy: 'latest', type: 'date' },
      { id: 'createdAt', strategy: 'latest', type: 'date' },
    ]);
    expect(Object.fromEntries(traitRules([birthday, plan]))).toMatchObject({
      birthday,
      plan,
      createdAt: { type: 'date' },
    });
  });
});
