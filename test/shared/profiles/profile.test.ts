import { describe, expect, it } from 'vitest';
import { Pid } from '#shared/events/event.ts';
import { absorbedBy, emptyProfile, Profile } from '#shared/profiles/profile.ts';
import { stampedAt } from '#test/support/person.ts';

const origin = { value: 'fr', at: 1, id: 'm1' };
const b = Pid.parse('b');

const profile: Profile = {
  createdAt: 1,
  identifiers: { 'userId#u': stampedAt(1) },
  contacts: { 'email#e': stampedAt(2) },
  entities: { acme: 1 },
  traits: { city: { value: 'Lyon', ...stampedAt(1) }, tags: [{ value: 'a', ...stampedAt(1) }] },
  consents: {
    'email/news': { status: 'granted', ...stampedAt(1) },
    'sms/news': { status: 'denied', ...stampedAt(1) },
  },
  suppressed: { 'email#e': { reason: 'bounced', at: 1 }, 'email#f': { reason: 'complained', at: 2 } },
  market: origin,
  brand: origin,
  absorbed: { [b]: 3 },
  parted: { [b]: 4 },
  refusals: [{ identifier: 'email#e', reason: 'limit', at: 1, messageId: 'm1', other: b }],
};

describe('Profile', () => {
  it('is read as it was written, full and empty', () => {
    expect(Profile.parse(profile)).toEqual(profile);
    expect(Profile.parse(emptyProfile(7))).toEqual(emptyProfile(7));
    expect(emptyProfile(7).createdAt).toBe(7);
  });

  it.each(Object.keys(emptyProfile(0)))('is not read without its %s', (field) => {
    expect(Profile.safeParse({ ...profile, [field]: undefined }).success).toBe(false);
  });

  it.each([
    { identifiers: { 'userId#u': { ...stampedAt(1), id: undefined } } },
    { identifiers: { 'userId#u': { ...stampedAt(1), more: 1 } } },
    { contacts: { 'email#e': {} } },
    { entities: { acme: 'since ever' } },
    { consents: { 'email/news': { status: 'perhaps', ...stampedAt(1) } } },
    { consents: { 'email/news': { status: 'granted' } } },
    { suppressed: { 'email#e': { reason: 'boredom', at: 1 } } },
    { suppressed: { 'email#e': { reason: 'bounced' } } },
    { market: { value: 'fr' } },
    { brand: { ...origin, more: 1 } },
    { parted: { b: -1 } },
    { refusals: [{ identifier: 'email#e', reason: 'limit' }] },
    { refusals: [{ identifier: 'email#e', reason: 'mood', at: 1, messageId: 'm1' }] },
    { more: 1 },
  ])('is not read with %j', (said) => {
    expect(Profile.safeParse({ ...profile, ...said }).success).toBe(false);
  });
});

describe('absorbedBy', () => {
  it('names whom they absorbed', () => {
    expect([absorbedBy(profile), absorbedBy(emptyProfile(0))]).toEqual([['b'], []]);
  });
});
