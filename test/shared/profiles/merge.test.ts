import { describe, expect, it } from 'vitest';
import { NO_AGGREGATES } from '#shared/computed/computed-rules.ts';
import { Pid } from '#shared/events/event.ts';
import { LIMITS } from '#shared/events/limits.ts';
import type { Activity, Person } from '#shared/profiles/activity.ts';
import { earlierOrigin, mergePeople } from '#shared/profiles/merge.ts';
import type { Profile, Refusal } from '#shared/profiles/profile.ts';
import { DEFAULT_RULES, traitRules } from '#shared/traits/trait-definition.ts';
import { person, stampedAt } from '#test/support/person.ts';

const merge = (a: Person, b: Person, at = 9) =>
  mergePeople(a, b, { at, traits: DEFAULT_RULES, computed: NO_AGGREGATES });

/** What two profiles come to, that of the older first and the other way round, which must be the same. */
function profileOf(a: Partial<Profile>, b: Partial<Profile>): Profile {
  const [p, q] = [
    person('p', { profile: { createdAt: 1, ...a } }),
    person('q', { profile: { createdAt: 2, ...b } }),
  ];
  const { profile } = merge(p, q).winner;
  expect(merge(q, p).winner.profile).toEqual(profile);
  return profile;
}

const activityOf = (a: Partial<Activity>, b: Partial<Activity>): Activity =>
  merge(person('p', { activity: a }), person('q', { activity: b })).winner.activity;

const pids = (times: Readonly<Record<string, number>>): Profile['absorbed'] =>
  Object.fromEntries(Object.entries(times).map(([pid, at]) => [Pid.parse(pid), at]));

const names = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, n) => `${prefix}${String(n).padStart(3, '0')}`);

describe('mergePeople', () => {
  it('keeps the older, with its versions, and says who is no more and since when', () => {
    const old = person('z', {
      profile: { createdAt: 1, absorbed: pids({ x: 3 }) },
      activity: { version: 4, profileVersion: 3, definitionsVersion: 2 },
    });
    const young = person('a', {
      profile: { createdAt: 2, absorbed: pids({ y: 4 }) },
      activity: { version: 7, profileVersion: 6, definitionsVersion: 5 },
    });

    for (const { winner, loser } of [merge(old, young), merge(young, old)]) {
      expect([winner.pid, loser]).toEqual(['z', 'a']);
      expect(winner.profile).toMatchObject({ createdAt: 1, absorbed: { x: 3, y: 4, a: 9 } });
      expect(winner.activity).toMatchObject({ version: 4, profileVersion: 3, definitionsVersion: 5 });
    }
  });

  it('adds what both did', () => {
    const at = (count: number, first: number, last: number) => ({ count, first, last });
    const activity = activityOf(
      {
        events: { Viewed: at(2, 3, 9), Added: at(1, 1, 1) },
        otherEvents: 2,
        sums: { total_spent: { EUR: 5, USD: 1 } },
        firstSeenAt: 1,
        lastSeenAt: 9,
        segments: { loyal: 5, active: 1 },
      },
      {
        events: { Viewed: at(3, 2, 8), toString: at(4, 4, 4) },
        otherEvents: 3,
        sums: { total_spent: { EUR: 7 }, refunds: { EUR: 2 } },
        firstSeenAt: 2,
        lastSeenAt: 8,
        segments: { loyal: 3, other: 2 },
      },
    );

    expect(activity).toMatchObject({
      events: { Viewed: at(5, 2, 9), Added: at(1, 1, 1), toString: at(4, 4, 4) },
      otherEvents: 5,
      sums: { total_spent: { EUR: 12, USD: 1 }, refunds: { EUR: 2 } },
      firstSeenAt: 1,
      lastSeenAt: 9,
      segments: { loyal: 3, active: 1, other: 2 },
    });
  });

  it('remembers the records and messages of both, and spills those that are too many', () => {
    const ids = (from: number): [number, string][] =>
      Array.from({ length: 20 }, (_, n) => [from + n, `m${from + n}`]);
    const a = person('p', { activity: { marks: [['k', '5', '8']], seen: { ids: ids(0) } } });
    const b = person('q', {
      activity: {
        marks: [
          ['k', '7', '7'],
          ['l', '1', '2'],
        ],
        seen: { ids: ids(20), lowWater: [3, 'm'] },
      },
    });

    const { winner, spill } = merge(a, b);

    expect(new Set(winner.activity.marks)).toEqual(
      new Set([
        ['k', '7', '8'],
        ['l', '1', '2'],
      ]),
    );
    expect(spill.concat(winner.activity.seen.ids)).toEqual([...ids(0), ...ids(20)]);
    expect(winner.activity.seen.lowWater).toEqual(spill.at(-1));
  });

  it('keeps the last few events of both, latest first', () => {
    const recent = (...times: readonly number[]): Activity['recent'] =>
      times.map((at) => [at, 'Viewed', `m${at}`]);

    expect(activityOf({ recent: recent(9, 5, 1) }, { recent: recent(8, 7, 6) }).recent).toEqual(
      recent(9, 8, 7, 6, 5),
    );
  });
});

describe('the profile of two', () => {
  it('says of each identifier by which event it was first theirs, and so of addresses', () => {
    const profile = profileOf(
      {
        identifiers: { 'email#e': stampedAt(5), 'userId#u': stampedAt(1) },
        contacts: { 'phone#p': stampedAt(2) },
      },
      {
        identifiers: { 'email#e': stampedAt(3) },
        contacts: { 'phone#p': stampedAt(1), 'phone#q': stampedAt(1) },
      },
    );

    expect(profile).toMatchObject({
      identifiers: { 'email#e': stampedAt(3), 'userId#u': stampedAt(1) },
      contacts: { 'phone#p': stampedAt(1), 'phone#q': stampedAt(1) },
    });
  });

  it('is of both’s companies since the earlier, and apart from whom either was set apart', () => {
    const profile = profileOf(
      { entities: { acme: 5, beta: 1 }, parted: pids({ x: 4, y: 2 }) },
      { entities: { acme: 3 }, parted: pids({ x: 6 }) },
    );

    expect(profile).toMatchObject({ entities: { acme: 3, beta: 1 }, parted: { x: 6, y: 2 } });
  });

  it('agrees to what was said last, and is not written to where either may not be', () => {
    const profile = profileOf(
      {
        consents: { 'email/news': { status: 'granted', ...stampedAt(5) } },
        suppressed: { 'email#e': { reason: 'bounced', at: 5 } },
      },
      {
        consents: { 'email/news': { status: 'denied', ...stampedAt(7) } },
        suppressed: { 'email#e': { reason: 'complained', at: 7 } },
      },
    );

    expect(profile.consents['email/news']).toMatchObject({ status: 'denied', at: 7 });
    expect(profile.suppressed['email#e']).toEqual({ reason: 'bounced', at: 5 });
  });

  it('keeps what lists hold, the least of too many', () => {
    const consents = (prefix: string): Profile['consents'] =>
      Object.fromEntries(
        names(prefix, LIMITS.consentCount).map((name) => [name, { status: 'granted', ...stampedAt(1) }]),
      );
    const suppressed = (prefix: string): Profile['suppressed'] =>
      Object.fromEntries(
        names(prefix, LIMITS.suppressionCount).map((name) => [name, { reason: 'bounced', at: 1 }]),
      );
    const contacts = (prefix: string): Profile['contacts'] =>
      Object.fromEntries(names(prefix, LIMITS.contactCount).map((name) => [name, stampedAt(1)]));
    const all = (prefix: string) => ({
      consents: consents(prefix),
      suppressed: suppressed(prefix),
      contacts: contacts(prefix),
    });

    expect(profileOf(all('b'), all('a'))).toMatchObject(all('a'));
    expect(Object.keys(profileOf(all('b'), all('a')).contacts)).toHaveLength(LIMITS.contactCount);
  });

  it('lists the refusals of both', () => {
    const refusal = (n: number): Refusal => ({
      identifier: `email#${n}`,
      reason: 'limit',
      at: n,
      messageId: `m${n}`,
    });

    expect(profileOf({ refusals: [refusal(2)] }, { refusals: [refusal(1)] }).refusals).toEqual([
      refusal(1),
      refusal(2),
    ]);
  });

  it('has the market and brand of the earlier event, or of the one who has any', () => {
    const of = (value: string, at: number) => ({ value, at, id: `m${at}` });

    expect(profileOf({ market: of('fr', 5), brand: of('x', 5) }, { market: of('de', 3) })).toMatchObject({
      market: of('de', 3),
      brand: of('x', 5),
    });
    expect(profileOf({}, { brand: of('y', 1) })).toMatchObject({ brand: of('y', 1) });
    expect(profileOf({}, {})).not.toHaveProperty('market');
    expect(profileOf({}, {})).not.toHaveProperty('brand');
  });

  it('has the traits that were said last', () => {
    const { traits } = profileOf(
      { traits: { city: { value: 'Lyon', ...stampedAt(5) }, plan: { value: 'pro', ...stampedAt(1) } } },
      { traits: { city: { value: 'Paris', ...stampedAt(7) } } },
    );

    expect(traits).toMatchObject({ city: { value: 'Paris' }, plan: { value: 'pro' } });
  });

  it('has no affirmations where nothing was said again', () => {
    const [p, q] = ['p', 'q'].map((pid) =>
      person(pid, { profile: { traits: { [pid]: { value: 'x', ...stampedAt(5) } } } }),
    );
    if (p === undefined || q === undefined) throw new TypeError('two people');

    expect(merge(p, q).winner.activity.affirmed).toStrictEqual({});
  });
});

describe('the traits of two', () => {
  it('say the same since the first of the two said it, until the last', () => {
    const [a, b] = [5, 3].map((at, n) =>
      person(`p${n}`, { profile: { createdAt: n, traits: { city: { value: 'Lyon', ...stampedAt(at) } } } }),
    );
    if (a === undefined || b === undefined) throw new TypeError('two people');

    for (const { winner } of [merge(a, b), merge(b, { ...a, profile: { ...a.profile, createdAt: 9 } })]) {
      expect(winner.profile.traits.city).toEqual({ value: 'Lyon', ...stampedAt(3) });
      expect(winner.activity.affirmed).toEqual({ city: [[5, 'm5']] });
    }
  });

  it('hold nothing of a trait that says nothing by its rule now', () => {
    const traits = traitRules([{ id: 'city', strategy: 'max' }]);
    const gone = (pid: string) =>
      person(pid, { profile: { traits: { city: { value: null, ...stampedAt(1) } } } });

    const { winner } = mergePeople(gone('p'), gone('q'), { at: 9, traits, computed: NO_AGGREGATES });

    expect(winner.profile.traits).toEqual({});
  });
});

describe('earlierOrigin', () => {
  it('is the lesser message of two at once', () => {
    const [a, b] = [
      { value: 'fr', at: 1, id: 'a' },
      { value: 'de', at: 1, id: 'b' },
    ];

    expect([earlierOrigin(a, b), earlierOrigin(b, a)]).toEqual([a, a]);
  });
});
