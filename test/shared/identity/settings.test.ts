import { describe, expect, it } from 'vitest';
import { IdentitySettings, PutIdentitySettings, StoredIdentitySettings } from '#shared/identity/settings.ts';

describe('IdentitySettings', () => {
  it('has a default for everything', () => {
    expect(IdentitySettings.parse({})).toEqual({
      priority: ['userId', 'externalId', 'email', 'phone', 'anonymousId', 'deviceId'],
      limits: {},
      ignored: ['deviceId'],
      contactOnly: [],
      emailProviderRules: false,
      blocked: [],
      authorised: [],
    });
  });

  it.each([
    { priority: [] },
    { priority: ['userId', 'externalId:card', 'externalId', 'deviceId'] },
    { limits: { email: 1, 'externalId:card': 1_000, externalId: 2, anonymousId: 10 } },
    { ignored: ['externalId:card', 'externalId', 'email', 'deviceId'] },
    { contactOnly: ['email', 'phone'] },
    { emailProviderRules: true },
    { blocked: [{ type: 'externalId:card', value: '0815' }] },
    { blocked: [{ type: 'phone', value: '+33 6 12 34 56 78' }] },
    { authorised: [['acme', 'beta']] },
  ])('takes %j', (settings) => {
    expect(IdentitySettings.safeParse(settings).data).toMatchObject(settings);
  });

  it.each([
    { priority: ['email', 'userId'] },
    { priority: ['userId', 'email', 'email'] },
    { priority: ['userId', 'shoe'] },
    { priority: ['userId', ...Array.from({ length: 50 }, (_, n) => `externalId:x${n}`)] },
    { limits: { userId: 2 } },
    { limits: { email: 0 } },
    { limits: { email: 1.5 } },
    { limits: { anonymousId: 1_001 } },
    { limits: { shoe: 1 } },
    { ignored: ['userId'] },
    { ignored: ['anonymousId'] },
    { ignored: ['shoe'] },
    { ignored: Array.from({ length: 51 }, (_, n) => `externalId:x${n}`) },
    { contactOnly: ['userId'] },
    { contactOnly: ['externalId:card'] },
    { contactOnly: ['email', 'phone', 'email'] },
    { blocked: [{ type: 'shoe', value: '7' }] },
    { blocked: [{ type: 'email', value: '' }] },
    { blocked: [{ type: 'email', value: 'x'.repeat(401) }] },
    { blocked: [{ type: 'email', value: 'x', why: 'y' }] },
    { blocked: [{ type: 'email' }] },
    { blocked: Array.from({ length: 1_001 }, (_, n) => ({ type: 'userId', value: `u${n}` })) },
    { authorised: [['acme']] },
    { authorised: [['acme', 'a#b']] },
    { authorised: [['acme', 'beta', 'gamma']] },
    { authorised: Array.from({ length: 101 }, () => ['acme', 'beta']) },
    { colour: 'red' },
  ])('refuses %j', (settings) => {
    expect(IdentitySettings.safeParse(settings).success).toBe(false);
  });

  it('says what is wrong with an order', () => {
    const says = (priority: readonly string[]) =>
      IdentitySettings.safeParse({ priority }).error?.issues.map(({ message }) => message);

    expect(says(['email'])).toEqual(['userId comes first']);
    expect(says(['userId', 'email', 'email'])).toEqual(['each type once']);
  });
});

describe('PutIdentitySettings', () => {
  const put = (...blocked: readonly object[]) => PutIdentitySettings.safeParse({ blocked });

  it('takes values that an event can carry', () => {
    expect(put({ type: 'email', value: 'Ada@Example.com' }, { type: 'userId', value: 'demo' }).success).toBe(
      true,
    );
  });

  it.each([
    { type: 'email', value: 'ada' },
    { type: 'phone', value: '06 12 34 56 78' },
    { type: 'userId', value: 'null' },
  ])('finds %j a mistake, since it is in no event, and says which it is', (blocked) => {
    expect(put({ type: 'userId', value: 'demo' }, blocked).error?.issues).toMatchObject([
      {
        code: 'custom',
        path: ['blocked', 1, 'value'],
        message: 'no value of its type that would count; a phone number needs its country code',
      },
    ]);
  });
});

it('are stored under one id, and read whatever they block', () => {
  const stored = { id: 'identity', blocked: [{ type: 'email', value: 'ada' }] };

  expect(StoredIdentitySettings.parse(stored)).toMatchObject(stored);
  expect(StoredIdentitySettings.safeParse({ ...stored, id: 'other' }).success).toBe(false);
});
