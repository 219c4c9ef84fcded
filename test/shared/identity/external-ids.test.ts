import { describe, expect, it } from 'vitest';
import { LIMITS } from '#shared/events/limits.ts';
import { externalIds } from '#shared/identity/external-ids.ts';
import { identityRules } from '#shared/identity/rules.ts';
import { IdentitySettings } from '#shared/identity/settings.ts';

const read = (said: readonly unknown[], settings: Parameters<typeof IdentitySettings.parse>[0] = {}) =>
  externalIds(said, { country: 'FR', identity: identityRules(IdentitySettings.parse(settings)) });

describe('externalIds', () => {
  // The first is the example of Segment's spec
  it.each([
    [
      { id: '123456789', type: 'ga_client_id', collection: 'users', encoding: 'none' },
      'externalId:ga_client_id',
      '123456789',
    ],
    [{ id: 'A7', type: ' loyalty.card-2 ' }, 'externalId:loyalty.card-2', 'A7'],
    [{ id: 4711, type: 'card' }, 'externalId:card', '4711'],
    [{ id: 'Ada@Example.com', type: 'email' }, 'email', 'ada@example.com'],
    [{ id: '06 12 34 56 78', type: 'phone' }, 'phone', '+33612345678'],
  ])('reads %j', (said, type, value) => {
    expect(read([said])).toEqual([{ type, value }]);
  });

  it.each([
    'A7',
    null,
    { id: 'A7' },
    { type: 'card' },
    { id: 'A7', type: 7 },
    { id: 'A7', type: '' },
    { id: 'A7', type: 'a#b' },
    { id: 'A7', type: 'x'.repeat(51) },
    { id: ' ', type: 'card' },
    { id: 'null', type: 'card' },
    { id: 'A7', type: 'card', collection: 'accounts' },
    { id: 'A7', type: 'card', encoding: 'base64' },
    { id: 'ada', type: 'email' },
    ...['user_id', 'userId', 'anonymous_id', 'anonymousId', 'device_id', 'deviceId'].map((type) => ({
      id: 'A7',
      type,
    })),
  ])('passes over %j, and reads what comes after', (said) => {
    expect(read([said, { id: 'A8', type: 'card' }])).toEqual([{ type: 'externalId:card', value: 'A8' }]);
  });

  it('passes over types that the settings leave out, one or all', () => {
    const said = [
      { id: '1', type: 'card' },
      { id: '2', type: 'crm' },
      { id: 'ada@example.com', type: 'email' },
    ];

    expect(read(said, { ignored: ['externalId:card'] }).map(({ type }) => type)).toEqual([
      'externalId:crm',
      'email',
    ]);
    expect(read(said, { ignored: ['externalId'] }).map(({ type }) => type)).toEqual(['email']);
    expect(read(said, { ignored: ['email'] }).map(({ type }) => type)).toEqual([
      'externalId:card',
      'externalId:crm',
    ]);
  });

  it('reads no more than the first few', () => {
    const many = Array.from({ length: LIMITS.externalIds + 1 }, (_, n) => ({ id: `x${n}`, type: 'card' }));

    expect(read(many)).toHaveLength(LIMITS.externalIds);
  });
});
