import { describe, expect, it } from 'vitest';
import type { IdentifierType } from '#shared/identity/identifier.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { currentIdentifier as theirs } from '#shared/profiles/current-identifier.ts';
import type { Link, Profile } from '#shared/profiles/profile.ts';
import { traitRules } from '#shared/traits/trait-definition.ts';
import { person, stampedAt, traits } from '#test/support/person.ts';

const profile = (identifiers: Readonly<Record<string, Link>>, said: Profile['traits'] = {}): Person =>
  person('p', { profile: { identifiers, traits: said } });
const rules = traitRules([{ id: 'phone', strategy: 'union' }]);
const currentIdentifier = (
  of: Person,
  types: readonly IdentifierType[],
  isOpen: (key: string) => boolean = () => true,
) => theirs(of, types, { traits: rules, isOpen });
const links = (...keys: string[]): Record<string, Link> =>
  Object.fromEntries(keys.map((key, index) => [key, stampedAt(index)]));

describe('currentIdentifier', () => {
  const two = links('email#old@example.com', 'email#new@example.com');

  it('is the one linked last', () => {
    expect(currentIdentifier(profile(two), ['email'])).toBe('new@example.com');
  });

  it('is the one that their trait says, however it is written', () => {
    const said = traits({ email: ' Old@Example.com' });
    const reversed = Object.fromEntries(Object.entries(two).toReversed());

    expect(currentIdentifier(profile(two, said), ['email'])).toBe('old@example.com');
    expect(currentIdentifier(profile(reversed, said), ['email'])).toBe('old@example.com');
  });

  it.each([null, 7, 'somebody@else.example', 'no address'])(
    'is the one linked last where the trait says %j',
    (email) => {
      expect(currentIdentifier(profile(two, traits({ email })), ['email'])).toBe('new@example.com');
    },
  );

  it('is the mailbox that their trait spells by the rules of its provider', () => {
    const gmail = links('email#ada@gmail.com', 'email#new@example.com');

    expect(currentIdentifier(profile(gmail, traits({ email: 'A.da+x@gmail.com' })), ['email'])).toBe(
      'ada@gmail.com',
    );
  });

  it('is the mailbox that their trait spells as it was read without those rules', () => {
    const gmail = links('email#a.da@gmail.com', 'email#new@example.com');

    expect(currentIdentifier(profile(gmail, traits({ email: 'A.da@gmail.com' })), ['email'])).toBe(
      'a.da@gmail.com',
    );
  });

  it('is the one linked last of those that a trait of several values says', () => {
    const phones = links('phone#+33612345678', 'phone#+33687654321', 'phone#+33611111111');
    const said = profile(phones, traits({ phone: ['+33 6 12 34 56 78', '+33687654321', 7] }));

    expect(currentIdentifier(said, ['phone'])).toBe('+33687654321');
  });

  it('takes a trait for its own type only', () => {
    const phoned = profile(two, traits({ phone: 'old@example.com', userId: 'old@example.com' }));

    expect(currentIdentifier(phoned, ['email'])).toBe('new@example.com');
  });

  it('is of the types asked for, the latest of all of them', () => {
    const both = profile(links('phone#+33612345678', 'email#e@example.com', 'userId#u'));

    expect(currentIdentifier(both, ['phone'])).toBe('+33612345678');
    expect(currentIdentifier(both, ['phone', 'email'])).toBe('e@example.com');
    expect(currentIdentifier(both, ['anonymousId'])).toBeUndefined();
    expect(currentIdentifier(profile({}), ['email'])).toBeUndefined();
  });

  it('leaves out what may not be used', () => {
    const isOpen = (key: string) => key !== 'email#new@example.com';

    expect(currentIdentifier(profile(two), ['email'], isOpen)).toBe('old@example.com');
    expect(currentIdentifier(profile(two), ['email'], () => false)).toBeUndefined();
  });

  it.each([
    { name: 'the greater message', ids: ['a', 'b'], expected: 'y' },
    { name: 'the greater message', ids: ['b', 'a'], expected: 'x' },
    { name: 'the lesser key', ids: ['a', 'a'], expected: 'x' },
  ])('is that of $name where both were linked at once, in whatever order they stand', ({ ids, expected }) => {
    const [x, y] = ids.map((id) => stampedAt(1, id));
    const entries = Object.entries({ 'userId#x': x, 'userId#y': y }).flatMap(([key, link]) =>
      link === undefined ? [] : [[key, link] as const],
    );

    for (const order of [entries, entries.toReversed()]) {
      expect(currentIdentifier(profile(Object.fromEntries(order)), ['userId'])).toBe(expected);
    }
  });
});
