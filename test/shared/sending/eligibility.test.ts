import { describe, expect, it } from 'vitest';
import { Pid } from '#shared/events/event.ts';
import { emptyActivity, type Person } from '#shared/profiles/activity.ts';
import { emptyProfile, type Profile } from '#shared/profiles/profile.ts';
import { compileSegments } from '#shared/segments/compile.ts';
import { eligibility } from '#shared/sending/eligibility.ts';
import { targetOf } from '#shared/sending/target.ts';
import { DEFAULT_RULES } from '#shared/traits/trait-definition.ts';
import { EVERYBODY } from '#test/support/sending.ts';

const NOW = 1_000;
const stamp = (at: number, id = 'i') => ({ at, id, source: 'web', messageId: 'm' });

const person = (profile: Partial<Profile>): Person => ({
  pid: Pid.parse('p1'),
  activity: emptyActivity(),
  profile: { ...emptyProfile(1), ...profile },
});

const granted = (at = 5) => ({ status: 'granted' as const, ...stamp(at) });
const denied = (at = 5) => ({ status: 'denied' as const, ...stamp(at) });
const ada = { 'email#ada@example.com': stamp(1) };
const target = targetOf({ segment: 'everybody' }, compileSegments([EVERYBODY], 1));
const marketing = { target, traits: DEFAULT_RULES, channel: 'email', purpose: 'marketing', at: NOW } as const;

describe('eligibility', () => {
  it('finds the address linked last', () => {
    const identifiers = {
      'email#old@example.com': stamp(1),
      'email#new@example.com': stamp(3),
      'email#mid@example.com': stamp(2),
      'userId#ada': stamp(9),
    };

    const found = eligibility(person({ identifiers, consents: { 'email/marketing': granted() } }), marketing);

    expect(found).toEqual({ eligible: true, address: 'new@example.com' });
  });

  it('finds the address that the person went back to, though it was linked first', () => {
    const identifiers = { 'email#old@example.com': stamp(1), 'email#new@example.com': stamp(3) };
    const traits = { email: { value: ' Old@Example.com', ...stamp(5) } };
    const consents = { 'email/marketing': granted() };

    expect(eligibility(person({ identifiers, traits, consents }), marketing)).toEqual({
      eligible: true,
      address: 'old@example.com',
    });
  });

  it('passes over a suppressed address', () => {
    const identifiers = { 'email#old@example.com': stamp(1), 'email#new@example.com': stamp(3) };
    const suppressed = { 'email#new@example.com': { reason: 'bounced' as const, at: 4 } };
    const consents = { 'email/marketing': granted() };

    expect(eligibility(person({ identifiers, suppressed, consents }), marketing)).toEqual({
      eligible: true,
      address: 'old@example.com',
    });
  });

  it.each<{ name: string; profile: Partial<Profile>; purpose?: string; reason: string }>([
    { name: 'nobody asked', profile: { identifiers: ada }, reason: 'no_consent' },
    {
      name: 'they said no',
      profile: { identifiers: ada, consents: { 'email/marketing': denied() } },
      reason: 'consent_denied',
    },
    {
      name: 'the grant is of a later time',
      profile: { identifiers: ada, consents: { 'email/marketing': granted(NOW + 1) } },
      reason: 'no_consent',
    },
    {
      name: 'consent is for another purpose',
      profile: { identifiers: ada, consents: { 'email/marketing': granted() } },
      purpose: 'newsletter',
      reason: 'no_consent',
    },
    {
      name: 'they left all mail after taking the newsletter',
      profile: {
        identifiers: ada,
        consents: { 'email/newsletter': granted(5), 'email/marketing': denied(6) },
      },
      purpose: 'newsletter',
      reason: 'consent_denied',
    },
    {
      name: 'they left all mail and took the newsletter at once',
      profile: {
        identifiers: ada,
        consents: { 'email/newsletter': granted(5), 'email/marketing': denied(5) },
      },
      purpose: 'newsletter',
      reason: 'consent_denied',
    },
    {
      name: 'their address is suppressed, whatever they said',
      profile: {
        identifiers: ada,
        suppressed: { 'email#ada@example.com': { reason: 'complained', at: 2 } },
        consents: { 'email/marketing': denied() },
      },
      reason: 'suppressed',
    },
    {
      name: 'there is no address',
      profile: {
        identifiers: { 'phone#+33612345678': stamp(1) },
        consents: { 'email/marketing': granted() },
      },
      reason: 'unreachable',
    },
    { name: 'neither address nor consent is there', profile: {}, reason: 'no_consent' },
    {
      name: 'a transactional message was refused',
      profile: { identifiers: ada, consents: { 'email/transactional': denied() } },
      purpose: 'transactional',
      reason: 'consent_denied',
    },
  ])('leaves a person out when $name', ({ profile, purpose = 'marketing', reason }) => {
    const found = eligibility(person(profile), { ...marketing, purpose });

    expect(found).toEqual({ eligible: false, reason });
  });

  it.each<{ name: string; profile: Partial<Profile>; purpose: string }>([
    { name: 'a receipt without consent', profile: { identifiers: ada }, purpose: 'transactional' },
    {
      name: 'a newsletter taken after leaving all mail',
      profile: {
        identifiers: ada,
        consents: { 'email/newsletter': granted(7), 'email/marketing': denied(6) },
      },
      purpose: 'newsletter',
    },
  ])('allows $name', ({ profile, purpose }) => {
    expect(eligibility(person(profile), { ...marketing, purpose })).toEqual({
      eligible: true,
      address: 'ada@example.com',
    });
  });

  it.each([
    { channel: 'sms', address: '+33612345678' },
    { channel: 'ads', address: 'ada@example.com' },
    { channel: 'post', address: '1 High Street, 12345, Springfield' },
  ] as const)('finds the address of $channel', ({ channel, address }) => {
    const profile = {
      identifiers: { 'phone#+33612345678': stamp(1), 'email#ada@example.com': stamp(2) },
      consents: { [`${channel}/marketing`]: granted() },
      traits: {
        address: {
          value: { city: 'Springfield', street: '1 High Street', postalCode: '12345' },
          ...stamp(1),
        },
      },
    };

    expect(eligibility(person(profile), { ...marketing, channel })).toEqual({ eligible: true, address });
  });
});
