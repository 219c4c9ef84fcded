import { describe, expect, it } from 'vitest';
import type { Activity } from '#shared/profiles/activity.ts';
import { canonicalState } from '#shared/profiles/canonical.ts';
import type { Profile } from '#shared/profiles/profile.ts';
import { person, stampedAt } from '#test/support/person.ts';

const reversed = <T>(record: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).toReversed());

const red = { value: 'red', ...stampedAt(3) };
const activity = {
  sums: { total_spent: { EUR: 5, USD: 7 } },
  segments: { loyal: 1, active: 2 },
  events: { Viewed: { count: 2, first: 1, last: 3 }, Added: { count: 1, first: 2, last: 2 } },
  otherEvents: 4,
} satisfies Partial<Activity>;
const profile = {
  identifiers: { 'userId#u': stampedAt(1), 'email#e': stampedAt(2) },
  contacts: { 'phone#p': stampedAt(1), 'email#c': stampedAt(2) },
  traits: { colour: red, size: { value: 1, ...stampedAt(1) } },
} satisfies Partial<Profile>;
const state = canonicalState(person('p', { activity, profile }));

describe('canonicalState', () => {
  it('is one for people who were built in another order, under another id', () => {
    const otherwise = person('q', {
      activity: {
        ...activity,
        version: 9,
        marks: [['key', '1', '1']],
        segments: reversed(activity.segments),
        events: reversed(activity.events),
      },
      profile: {
        ...profile,
        identifiers: reversed(profile.identifiers),
        contacts: reversed(profile.contacts),
        traits: reversed(profile.traits),
        refusals: [{ identifier: 'email#x', reason: 'limit', at: 1, messageId: 'm' }],
      },
    });

    expect(canonicalState(otherwise)).toBe(state);
  });

  it('tells an affirmation from none, and not who of two wrote the value first', () => {
    const affirmed = person('p', { activity: { ...activity, affirmed: { colour: [[9, 'm9']] } }, profile });
    const rewritten = person('p', {
      activity,
      profile: { ...profile, traits: { ...profile.traits, colour: { value: 'red', ...stampedAt(9) } } },
    });

    expect(canonicalState(affirmed)).not.toBe(state);
    expect(canonicalState(affirmed)).toBe(canonicalState(rewritten));
  });

  const origin = { value: 'fr', at: 1, id: 'm1' };

  it.each<Parameters<typeof person>[1]>([
    { activity: { otherEvents: 5 } },
    { activity: { firstSeenAt: 1 } },
    { activity: { lastSeenAt: 99 } },
    { activity: { sums: { total_spent: { EUR: 5 } } } },
    { activity: { events: {} } },
    { activity: { recent: [[1, 'Viewed', 'm1']] } },
    { activity: { segments: { loyal: 1 } } },
    { profile: { identifiers: { 'userId#u': stampedAt(1) } } },
    { profile: { contacts: { 'phone#p': stampedAt(1) } } },
    { profile: { traits: { colour: red } } },
    { profile: { consents: { 'email/marketing': { status: 'granted', ...stampedAt(1) } } } },
    { profile: { suppressed: { 'email#e': { reason: 'bounced', at: 1 } } } },
    { profile: { market: origin } },
    { profile: { brand: origin } },
  ])('tells people apart who differ in %j', (said) => {
    const other = person('p', {
      activity: { ...activity, ...said?.activity },
      profile: { ...profile, ...said?.profile },
    });

    expect(canonicalState(other)).not.toBe(state);
  });
});
