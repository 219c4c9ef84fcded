import { describe, expect, it } from 'vitest';
import { DEFAULT_IDENTITY, identityRules } from '#shared/identity/rules.ts';
import { IdentitySettings } from '#shared/identity/settings.ts';

const rulesOf = (settings: Parameters<typeof IdentitySettings.parse>[0]) =>
  identityRules(IdentitySettings.parse(settings));

const byRank = (types: readonly string[], { rankOf }: { rankOf: (type: string) => number }) =>
  types.toSorted((a, b) => rankOf(a) - rankOf(b));

describe('identityRules', () => {
  it('knows what counts until somebody puts settings', () => {
    const { named, isIgnored, limitOf } = DEFAULT_IDENTITY;

    expect(named.map(({ type }) => type)).toEqual(['userId', 'email', 'phone', 'anonymousId']);
    expect(named.some(({ isContact }) => isContact)).toBe(false);
    expect(isIgnored('deviceId')).toBe(true);
    expect(['userId', 'externalId:card', 'email', 'phone', 'anonymousId', 'deviceId'].map(limitOf)).toEqual([
      1, 5, 5, 5, 1000, 50,
    ]);
  });

  it('ranks types as the settings do, then as the default does, external ids where they stand together', () => {
    const types = [
      'deviceId',
      'anonymousId',
      'phone',
      'email',
      'externalId:card',
      'externalId:crm',
      'userId',
    ];
    const rules = rulesOf({ priority: ['userId', 'phone', 'externalId:crm'] });

    expect(byRank(types, DEFAULT_IDENTITY)).toEqual([
      ...['userId', 'externalId:card', 'externalId:crm', 'email', 'phone', 'anonymousId', 'deviceId'],
    ]);
    expect(byRank(types, rules)).toEqual([
      ...['userId', 'phone', 'externalId:crm', 'externalId:card', 'email', 'anonymousId', 'deviceId'],
    ]);
    expect(rules.named.map(({ type }) => type)).toEqual(['userId', 'phone', 'email', 'anonymousId']);
  });

  it('limits a type of external id by its own limit, or else by that of all', () => {
    const { limitOf } = rulesOf({ limits: { 'externalId:card': 2, email: 7 } });

    expect([limitOf('externalId:card'), limitOf('externalId:crm'), limitOf('email')]).toEqual([2, 5, 7]);
  });

  it('limits each type of external id alike where the settings say so of all', () => {
    const { limitOf } = rulesOf({ limits: { externalId: 3, 'externalId:card': 9 } });

    expect([limitOf('externalId:card'), limitOf('externalId:crm')]).toEqual([9, 3]);
  });

  it('blocks a mailbox in the spelling that it is recognised by', () => {
    const blocked = [{ type: 'email' as const, value: 'In.fo+x@Gmail.com' }];

    expect([...rulesOf({ blocked }).blocked]).toEqual(['email#in.fo+x@gmail.com']);
    expect([...rulesOf({ blocked, emailProviderRules: true }).blocked]).toEqual(['email#info@gmail.com']);
  });

  it('tells addresses that only reach people', () => {
    const { named, isContact } = rulesOf({ contactOnly: ['phone'] });

    expect(named.filter((use) => use.isContact)).toEqual([{ type: 'phone', isContact: true }]);
    expect([isContact('phone'), isContact('email')]).toEqual([true, false]);
  });

  it('passes over one type of external id, or all, and nothing besides', () => {
    const one = rulesOf({ ignored: ['externalId:card'] });
    const all = rulesOf({ ignored: ['externalId'] });

    expect(['externalId:card', 'externalId:crm', 'deviceId'].map(one.isIgnored)).toEqual([
      true,
      false,
      false,
    ]);
    expect(['externalId:card', 'externalId:crm', 'email'].map(all.isIgnored)).toEqual([true, true, false]);
  });

  it('blocks values in the form that events carry them in', () => {
    const { blocked } = rulesOf({
      blocked: [
        { type: 'email', value: ' TILL@example.com' },
        { type: 'email', value: 'no address' },
      ],
    });

    expect([...blocked]).toEqual(['email#till@example.com']);
    expect(DEFAULT_IDENTITY.blocked.size).toBe(0);
  });

  it('knows which companies may share people, both ways, and only those', () => {
    const { mayShare, partnersOf } = rulesOf({
      authorised: [
        ['acme', 'delta'],
        ['beta', 'acme'],
        ['acme', 'beta'],
        ['acme', 'acme'],
      ],
    });

    expect(partnersOf('acme')).toEqual(['beta', 'delta']);
    expect(partnersOf('beta')).toEqual(['acme']);
    expect(partnersOf('gamma')).toEqual([]);
    expect([mayShare('acme', 'beta'), mayShare('beta', 'acme'), mayShare('gamma', 'gamma')]).toEqual([
      true,
      true,
      true,
    ]);
    expect([mayShare('beta', 'delta'), mayShare('gamma', 'acme')]).toEqual([false, false]);
  });
});
