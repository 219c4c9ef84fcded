import { describe, expect, it } from 'vitest';
import type { Aggregate } from '#shared/computed/aggregate.ts';
import { NO_AGGREGATES } from '#shared/computed/computed-rules.ts';
import { Pid } from '#shared/events/event.ts';
import type { Activity, Person } from '#shared/profiles/activity.ts';
import { mergePeople } from '#shared/profiles/merge.ts';
import type { Consent, Profile, Refusal } from '#shared/profiles/profile.ts';
import { unmergePeople } from '#shared/profiles/unmerge.ts';
import { traitRules } from '#shared/traits/trait-definition.ts';
import { counting } from '#test/support/computed-rules.ts';
import { person, stampedAt } from '#test/support/person.ts';

const traits = traitRules([{ id: 'tags', strategy: 'union' }]);
const DID = { count: 1, first: 1, last: 1 };

interface Said {
  readonly profile?: Partial<Profile>;
  readonly activity?: Partial<Activity>;
}

const someone = (pid: string, createdAt: number, { profile, activity }: Said = {}): Person =>
  person(pid, {
    profile: { createdAt, ...profile },
    activity: { firstSeenAt: 1, lastSeenAt: 1, ...activity },
  });

/** Merges b into a, lets the survivor become what they do, and sets the two apart again. */
function apart(a: Said, b: Said, since: (now: Person) => Said = () => ({})) {
  const [mine, theirs] = [someone('a', 1, a), someone('b', 2, b)];
  const { winner } = mergePeople(mine, theirs, { at: 9, traits, computed: NO_AGGREGATES });
  const { profile, activity } = since(winner);
  const now = {
    ...winner,
    profile: { ...winner.profile, ...profile },
    activity: { ...winner.activity, ...activity },
  };
  return unmergePeople(
    { now, loser: theirs, own: [mine], kept: [], gone: [theirs] },
    { at: 50, traits, computed: NO_AGGREGATES },
  );
}

const pids = (times: Readonly<Record<string, number>>): Profile['absorbed'] =>
  Object.fromEntries(Object.entries(times).map(([pid, at]) => [Pid.parse(pid), at]));
const consent = (status: Consent['status'], at: number): Consent => ({ status, ...stampedAt(at) });

describe('what came since two were merged', () => {
  it('stays with the survivor, and is said to be inseparable', () => {
    const { survivor, loser, inseparable } = apart(
      { profile: { identifiers: { 'userId#u': stampedAt(1) } }, activity: { events: { Viewed: DID } } },
      { profile: { identifiers: { 'email#e': stampedAt(2) } }, activity: { events: { Viewed: DID } } },
      ({ profile, activity }) => ({
        profile: {
          identifiers: { ...profile.identifiers, 'phone#q': stampedAt(20), 'phone#p': stampedAt(20) },
          traits: {
            tags: [{ value: 'x', ...stampedAt(21) }],
            city: { value: 'Lyon', ...stampedAt(20) },
          },
          consents: { 'sms/b': consent('granted', 20), 'sms/a': consent('granted', 20) },
          contacts: { 'email#c': stampedAt(20) },
        },
        activity: { events: { ...activity.events, Viewed: { count: 5, first: 1, last: 20 } } },
      }),
    );

    expect(inseparable).toEqual({
      events: 3,
      traits: ['city', 'tags'],
      identifiers: ['phone#p', 'phone#q'],
      consents: ['sms/a', 'sms/b'],
    });
    expect(Object.keys(survivor.profile.identifiers)).toEqual(['userId#u', 'phone#q', 'phone#p']);
    expect(survivor.profile).toMatchObject({
      traits: { city: { value: 'Lyon' }, tags: [{ value: 'x' }] },
      consents: { 'sms/a': { status: 'granted' } },
      contacts: { 'email#c': stampedAt(20) },
    });
    expect(loser.profile).toMatchObject({
      identifiers: { 'email#e': stampedAt(2) },
      consents: {},
      traits: {},
    });
    expect(loser.activity.events).toEqual({ Viewed: DID });
  });

  it('is known to both as applied: its records by their marks, its messages by their ids', () => {
    const marks: Activity['marks'] = [
      ['mine', '1', '2'],
      ['theirs', '3', '4'],
      ['since', '5', '6'],
    ];
    const seen: Activity['seen'] = { ids: [[20, 'since']], lowWater: [8, 'before'] };

    const { survivor, loser } = apart(
      { activity: { marks: [['mine', '1', '2']] } },
      { activity: { marks: [['theirs', '3', '4']] } },
      () => ({ activity: { marks, seen } }),
    );

    for (const { activity } of [survivor, loser]) {
      expect(activity.marks.toSorted()).toEqual(marks.toSorted());
      expect(activity.seen).toEqual(seen);
    }
  });

  it('moves the times of what the survivor did, beyond what is known of both', () => {
    const seen = (firstSeenAt: number, lastSeenAt: number): Said => ({
      activity: { firstSeenAt, lastSeenAt },
    });
    const timesOf = ({ survivor }: ReturnType<typeof apart>) => [
      survivor.activity.firstSeenAt,
      survivor.activity.lastSeenAt,
    ];

    expect(timesOf(apart(seen(5, 6), seen(3, 8)))).toEqual([5, 6]);
    expect(timesOf(apart(seen(5, 6), seen(3, 8), () => seen(2, 9)))).toEqual([2, 9]);
    expect(timesOf(apart(seen(3, 8), seen(5, 6)))).toEqual([3, 8]);
  });

  it('is told by the last events too, of which those of the other go', () => {
    const recent = (...times: readonly number[]): Activity['recent'] =>
      times.map((at) => [at, 'Viewed', `m${at}`]);
    const known = (...times: readonly number[]): Said => ({
      activity: { recent: recent(...times), firstSeenAt: Math.min(...times), lastSeenAt: Math.max(...times) },
    });

    const { survivor, loser } = apart(known(9, 5, 4), known(8, 7), () => known(20, 9, 8, 7, 5));

    expect(survivor.activity).toMatchObject({ recent: recent(20, 9, 5, 4), firstSeenAt: 4, lastSeenAt: 20 });
    expect(loser.activity.recent).toEqual(recent(8, 7));
    const between = apart(known(9), known(30, 3), () => known(30, 12, 9, 6, 3)).survivor;
    expect(between.activity).toMatchObject({ firstSeenAt: 6, lastSeenAt: 12 });
  });
});

it('counts for the survivor what was counted since for the first time', () => {
  const viewed: Aggregate = { event: 'Viewed', function: 'count', window: { hours: 2 } };
  const computed = counting([viewed]);
  const [a, b] = [someone('a', 1), someone('b', 2)];
  const { winner } = mergePeople(a, b, { at: 9, traits, computed });
  const key = computed.find(viewed)?.key ?? '';
  const states: Activity['computed'] = { [key]: [[0, 3]] };
  const now = { ...winner, activity: { ...winner.activity, computed: states } };

  const { survivor, loser } = unmergePeople(
    { now, loser: b, own: [a], kept: [], gone: [b] },
    { at: 50, traits, computed },
  );

  expect([survivor, loser].map(({ activity }) => activity.computed)).toEqual([states, {}]);
});

describe('who withdrew since two were merged', () => {
  it('may be either, so that what was denied is denied for both, and what was granted is not', () => {
    const { survivor, loser } = apart(
      { profile: { consents: { 'email/x': consent('granted', 1) } } },
      { profile: { consents: { 'email/y': consent('granted', 2), 'email/z': consent('denied', 30) } } },
      () => ({
        profile: {
          consents: {
            'email/x': consent('denied', 20),
            'email/y': consent('denied', 20),
            'email/z': consent('denied', 20),
            'email/new': consent('granted', 20),
          },
        },
      }),
    );

    const statuses = ({ profile }: Person) =>
      Object.fromEntries(
        Object.entries(profile.consents).map(([key, { status, at }]) => [key, [status, at]]),
      );
    expect(statuses(loser)).toEqual({
      'email/x': ['denied', 20],
      'email/y': ['denied', 20],
      'email/z': ['denied', 30],
    });
    expect(statuses(survivor)).toMatchObject({ 'email/x': ['denied', 20], 'email/new': ['granted', 20] });
  });

  it('makes an address unreachable for whoever has it, to recognise them or only to write to', () => {
    const bounced = { reason: 'bounced', at: 20 } as const;
    const { survivor, loser } = apart(
      {},
      {
        profile: {
          identifiers: { 'email#i': stampedAt(1), 'email#old': stampedAt(1) },
          contacts: { 'email#c': stampedAt(1) },
          suppressed: { 'email#old': { reason: 'complained', at: 5 } },
        },
      },
      () => ({
        profile: {
          suppressed: {
            'email#i': bounced,
            'email#c': bounced,
            'email#other': bounced,
            'email#old': bounced,
          },
        },
      }),
    );

    expect(loser.profile.suppressed).toEqual({
      'email#i': bounced,
      'email#c': bounced,
      'email#old': { reason: 'complained', at: 5 },
    });
    expect(survivor.profile.suppressed).toMatchObject({ 'email#i': bounced, 'email#other': bounced });
  });
});

describe('an address that was made unreachable', () => {
  it('is told of since the merge too, where an event came late', () => {
    const suppressed = (reason: 'bounced' | 'complained', at: number): Said => ({
      profile: { suppressed: { 'email#e': { reason, at } }, identifiers: { 'email#e': stampedAt(1) } },
    });

    const late = apart({}, suppressed('bounced', 5), () => suppressed('complained', 3)).survivor;

    expect(late.profile.suppressed).toEqual({ 'email#e': { reason: 'complained', at: 3 } });
    expect(apart({}, suppressed('bounced', 5)).survivor.profile.suppressed).toEqual({});
  });
});

describe('the profile of a survivor', () => {
  const refusal = (n: number): Refusal => ({
    identifier: `email#${n}`,
    reason: 'limit',
    at: n,
    messageId: `m${n}`,
  });

  it('keeps their own refusals, and those that came since', () => {
    const { survivor, loser } = apart(
      { profile: { refusals: [refusal(1)] } },
      { profile: { refusals: [refusal(2)] } },
      ({ profile }) => ({ profile: { refusals: [...profile.refusals, refusal(3)] } }),
    );

    expect(survivor.profile.refusals).toEqual([refusal(1), refusal(3)]);
    expect(loser.profile.refusals).toEqual([refusal(2)]);
  });

  it('is apart from the other, and from whom they were set apart themselves', () => {
    const { survivor, loser } = apart(
      { profile: { parted: pids({ x: 1, z: 1 }) } },
      { profile: { parted: pids({ y: 2, z: 2 }) } },
      ({ profile }) => ({ profile: { parted: { ...profile.parted, ...pids({ w: 3 }) } } }),
    );

    expect(survivor.profile.parted).toEqual({ x: 1, z: 2, w: 3, b: 50 });
    expect(loser.profile.parted).toEqual({ y: 2, z: 2, a: 50 });
  });

  it('has not absorbed the other any more, nor whom that one had', () => {
    const { survivor, loser } = apart(
      { profile: { absorbed: pids({ x: 1 }) } },
      { profile: { absorbed: pids({ y: 2 }) } },
      ({ profile }) => ({ profile: { absorbed: { ...profile.absorbed, ...pids({ later: 30 }) } } }),
    );

    expect(survivor.profile.absorbed).toEqual({ x: 1, later: 30 });
    expect(loser.profile.absorbed).toEqual({ y: 2 });
  });

  it('is as old as those who are left, with their own market and brand, or none', () => {
    const origin = (value: string, at: number) => ({ value, at, id: `m${at}` });
    const { survivor } = apart(
      { profile: { market: origin('fr', 5) } },
      { profile: { market: origin('de', 3), brand: origin('x', 3) } },
    );

    expect(survivor.profile).toMatchObject({ createdAt: 1, market: origin('fr', 5) });
    expect(survivor.profile).not.toHaveProperty('brand');
    expect(apart({}, {}).survivor.profile).not.toHaveProperty('market');
  });

  it('is a customer of their own companies, and of the other’s where anything came since', () => {
    const entities = (times: Record<string, number>): Said => ({ profile: { entities: times } });
    const more = (): Said => ({ activity: { events: { Viewed: DID } } });

    expect(apart(entities({ acme: 5 }), entities({ acme: 3, beta: 2 })).survivor.profile.entities).toEqual({
      acme: 5,
    });
    expect(
      apart(entities({ acme: 5 }), entities({ acme: 3, beta: 2 }), more).survivor.profile.entities,
    ).toEqual({
      acme: 5,
      beta: 2,
    });
  });

  it('says of traits what they said again, and not what the other said', () => {
    const city = (value: string, at: number): Said => ({
      profile: { traits: { city: { value, ...stampedAt(at) } } },
    });

    expect(apart(city('Lyon', 1), city('Paris', 5)).survivor.profile.traits).toMatchObject({
      city: { value: 'Lyon' },
    });
    expect(apart({}, city('Paris', 5)).survivor.profile.traits).toEqual({});
    const again = apart({}, city('Paris', 5), () => ({ activity: { affirmed: { city: [[20, 'm20']] } } }));
    expect(again.survivor.profile.traits).toMatchObject({ city: { value: 'Paris' } });
    expect(again.inseparable.traits).toEqual(['city']);
  });

  it('tells what they said from what the other said by when and by which event', () => {
    const city = (value: string, at: number, id: string): Said => ({
      profile: { traits: { city: { value, ...stampedAt(at, id) } } },
    });

    const { survivor } = apart({}, city('Paris', 1, '2x'), () => city('Lyon', 12, 'x'));

    expect(survivor.profile.traits).toMatchObject({ city: { value: 'Lyon' } });
  });

  it('has no trait of which they only said that it is gone, by a rule that takes no notice of it', () => {
    const said = { tags: { value: null, ...stampedAt(1) }, size: { value: null, ...stampedAt(1) } };
    const [a, b] = [someone('a', 1, { profile: { traits: said } }), someone('b', 2)];
    const rules = traitRules([{ id: 'size', strategy: 'max' }]);

    const { survivor } = unmergePeople(
      { now: a, loser: b, own: [a], kept: [], gone: [b] },
      { at: 50, traits: rules, computed: NO_AGGREGATES },
    );

    expect(Object.keys(survivor.profile.traits)).toEqual(['tags']);
  });
});

describe('two who were set apart one after the other', () => {
  it('leave who is kept, as old and in the companies that they are', () => {
    const [a, b, c] = [
      someone('a', 5, { profile: { entities: { acme: 5 } } }),
      someone('b', 6, { profile: { entities: { beta: 6 } } }),
      someone('c', 7, { profile: { entities: { acme: 3 }, refusals: [] } }),
    ];
    const first = mergePeople(a, b, { at: 9, traits, computed: NO_AGGREGATES }).winner;
    const now = mergePeople(first, c, { at: 10, traits, computed: NO_AGGREGATES }).winner;

    const { survivor } = unmergePeople(
      { now, loser: b, own: [a], kept: [c], gone: [b] },
      { at: 50, traits, computed: NO_AGGREGATES },
    );

    expect(survivor.profile).toMatchObject({ createdAt: 5, entities: { acme: 3 }, absorbed: { c: 10 } });
    expect(survivor.profile.entities).not.toHaveProperty('beta');
  });

  it('leave them apart from whom any who are left were set apart', () => {
    const apartFrom = (...others: readonly string[]): Said => ({
      profile: { parted: Object.fromEntries(others.map((pid) => [Pid.parse(pid), 1])) },
    });
    const [a, b, c] = [
      someone('a', 5, apartFrom('z')),
      someone('b', 6, apartFrom('y', 'z')),
      someone('c', 7, apartFrom('x')),
    ];
    const first = mergePeople(a, b, { at: 9, traits, computed: NO_AGGREGATES }).winner;
    const now = mergePeople(first, c, { at: 10, traits, computed: NO_AGGREGATES }).winner;

    const { survivor } = unmergePeople(
      { now, loser: b, own: [a], kept: [c], gone: [b] },
      { at: 50, traits, computed: NO_AGGREGATES },
    );

    expect(survivor.profile.parted).toEqual({ x: 1, z: 1, b: 50 });
  });
});
