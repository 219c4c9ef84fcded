import { describe, expect, it } from 'vitest';
import { callerOf, isInScope, mayAct } from '#functions/admin/caller.ts';

const ID_TOKEN = { sub: 'u1', token_use: 'id' };

describe('callerOf', () => {
  it.each([
    ['[viewer]', 'viewer'],
    ['[viewer marketer]', 'marketer'],
    ['[editors admin]', 'admin'],
    ['admin', 'admin'],
    [['marketer', 'viewer'], 'marketer'],
  ])('reads the groups %j as the role %s', (groups, role) => {
    expect(callerOf({ ...ID_TOKEN, 'cognito:groups': groups })).toEqual({ subject: 'u1', role });
  });

  it.each([undefined, '', '[]', '[administrators]', 7])('refuses a user with the groups %j', (groups) => {
    expect(() => callerOf({ ...ID_TOKEN, 'cognito:groups': groups })).toThrow('none of the groups');
  });

  it.each(['access', undefined])('refuses a token for the use %s: it does not carry the scope', (use) => {
    const claims = { ...ID_TOKEN, token_use: use, 'cognito:groups': '[admin]' };

    expect(() => callerOf(claims)).toThrow(
      expect.objectContaining({
        status: 403,
        code: 'ID_TOKEN_NEEDED',
        message: expect.stringContaining('id token'),
      }),
    );
  });

  it('reads the scope, where * and nothing are everything', () => {
    const claims = { ...ID_TOKEN, 'cognito:groups': '[viewer]', 'custom:market': 'fr', 'custom:brand': '*' };

    expect(callerOf(claims)).toEqual({ subject: 'u1', role: 'viewer', market: 'fr' });
  });
});

it.each([
  ['viewer', 'viewer', true],
  ['viewer', 'marketer', false],
  ['marketer', 'admin', false],
  ['admin', 'marketer', true],
] as const)('lets a %s do what needs a %s: %s', (role, needed, may) => {
  expect(mayAct({ subject: 'u', role }, needed)).toBe(may);
});

it.each([
  [{}, { market: 'fr' }, true],
  [{ market: 'fr' }, { market: 'fr', brand: 'a' }, true],
  [{ market: 'fr' }, { market: 'de' }, false],
  [{ market: 'fr' }, {}, false],
  [{ market: 'fr', brand: 'a' }, { market: 'fr', brand: 'b' }, false],
])('for a caller of %j, %j is in scope: %s', (scope, thing, expected) => {
  expect(isInScope({ subject: 'u', role: 'viewer', ...scope }, thing)).toBe(expected);
});
