import { describe, expect, it } from 'vitest';
import { IdentifierType, identifierKey, identifierOf } from '#shared/identity/identifier.ts';

describe('the key of an identifier', () => {
  it.each([
    ['userId', 'u7', 'userId#u7'],
    ['anonymousId', 'a#b#c', 'anonymousId#a#b#c'],
    ['email', '#@example.com', 'email##@example.com'],
  ] as const)('of the %s %j is %j, and tells both', (type, value, key) => {
    expect(identifierKey({ type, value })).toBe(key);
    expect(identifierOf(key)).toEqual({ type, value });
  });

  it('is none without a type that there is', () => {
    expect(() => identifierOf('shoe#7')).toThrow();
    expect(() => identifierOf('userId')).toThrow();
  });
});

it('says which types there are to whoever names another', () => {
  const [issue] = IdentifierType.safeParse('shoe').error?.issues ?? [];

  expect(issue?.message).toBe('one of userId, email, phone, anonymousId, deviceId and externalId:<type>');
});
