import { describe, expect, it } from 'vitest';
import { NO_AGGREGATES } from '#shared/computed/computed-rules.ts';
import type { CollectedEvent } from '#shared/events/event.ts';
import { Pid } from '#shared/events/event.ts';
import { LIMITS } from '#shared/events/limits.ts';
import type { SourceStamp } from '#shared/events/stream-record.ts';
import { MAX_EVENT_NAMES, type Person } from '#shared/profiles/activity.ts';
import { foldEvents, latest, newPerson, RECENT_LIMIT, type ResolvedEvent } from '#shared/profiles/fold.ts';
import { REFUSAL_LIMIT } from '#shared/profiles/refusals.ts';
import { DEFAULT_RULES } from '#shared/traits/trait-definition.ts';
import { counting } from '#test/support/computed-rules.ts';
import { normalised, RECEIVED_AT, web } from '#test/support/events.ts';

const nobody = newPerson(Pid.parse('p'), RECEIVED_AT);

const resolved = (
  said: Partial<CollectedEvent>,
  { source = web, ...more }: Partial<ResolvedEvent> & { readonly source?: SourceStamp } = {},
): ResolvedEvent => ({ event: normalised(said, source), link: [], refused: [], ...more });

const fold = (events: readonly ResolvedEvent[], person: Person = nobody, spilled: readonly string[] = []) =>
  foldEvents(person, events, { spilled: new Set(spilled), traits: DEFAULT_RULES, computed: NO_AGGREGATES });

/** Somebody stored, who has done nothing that a test is about. */
const stored = (events: readonly ResolvedEvent[]): Person => {
  const { person } = fold(events);
  return { ...person, activity: { ...person.activity, version: 1 } };
};

/** Messages that say one thing after another, at 1, 2, 3 … */
const inTurn = (all: readonly Partial<CollectedEvent>[], from = 1): ResolvedEvent[] =>
  all.map((said, n) => resolved({ messageId: `m${from + n}`, timestamp: from + n, ...said }));

const names = (count: number, prefix = 'n'): string[] =>
  Array.from({ length: count }, (_, n) => `${prefix}${String(n).padStart(3, '0')}`);

describe('what a person did', () => {
  it('is counted by name, with when it happened first and last', () => {
    const { activity } = fold(
      [3, 1, 2].map((timestamp) => resolved({ messageId: `m${timestamp}`, timestamp, event: 'Viewed' })),
    ).person;

    expect(activity).toMatchObject({
      events: { Viewed: { count: 3, first: 1, last: 3 } },
      otherEvents: 0,
      firstSeenAt: 1,
      lastSeenAt: 3,
    });
  });

  it('is counted for names that every object has', () => {
    const { events } = fold(inTurn([{ event: 'toString' }, { event: 'constructor' }])).person.activity;

    expect(Object.entries(events).map(([name, { count }]) => [name, count])).toEqual([
      ['toString', 1],
      ['constructor', 1],
    ]);
  });

  it('is counted together beyond so many names, of which the least stay', () => {
    const all = names(MAX_EVENT_NAMES);
    const full = fold(inTurn(all.map((event) => ({ event })))).person;

    expect(Object.keys(full.activity.events)).toEqual(all);
    expect(full.activity.otherEvents).toBe(0);

    const { activity } = fold(inTurn([{ event: 'a' }, { event: 'z' }, { event: 'z' }], 1_000), full).person;
    expect(Object.keys(activity.events)).toEqual(['a', ...all.slice(0, -1)]);
    expect(activity.otherEvents).toBe(3);

    const one = fold(inTurn([{ event: 'a' }], 1_000), full).person.activity;
    expect(Object.keys(one.events)).toEqual(['a', ...all.slice(0, -1)]);
    expect(one.otherEvents).toBe(1);
  });

  it('is told for the last few, latest first, and of two at one instant the greater message', () => {
    const { recent } = fold([
      ...inTurn(names(RECENT_LIMIT + 2).map((event) => ({ event }))).toReversed(),
      ...['x', 'y'].map((messageId) => resolved({ messageId, timestamp: 100, event: 'Tie' })),
    ]).person.activity;

    const [first, second, ...rest] = recent;
    expect([first?.[1], second?.[1]]).toEqual(['Tie', 'Tie']);
    expect((first?.[2] ?? '') > (second?.[2] ?? '')).toBe(true);
    expect(rest.map(([at]) => at)).toEqual([7, 6, 5]);
  });

  it('adds to sums, each by its currency', () => {
    const order = (total: number, currency: string) => ({
      event: 'Order Completed',
      properties: { total, currency },
    });

    const { sums } = fold(inTurn([order(5, 'EUR'), order(7, 'USD'), order(-1, 'EUR')])).person.activity;

    expect(sums).toEqual({ total_spent: { EUR: 400, USD: 700 } });
  });
});

it('counts what is asked for of their events, and of none that pass by', () => {
  const computed = counting([{ event: 'Viewed', function: 'count', window: { hours: 2 } }]);
  const events = inTurn([{ event: 'Viewed' }, { event: 'Added' }, { event: 'Viewed' }]);

  const { activity } = foldEvents(nobody, events, {
    spilled: new Set(),
    traits: DEFAULT_RULES,
    computed,
  }).person;

  expect(Object.values(activity.computed)).toEqual([[[0, 2]]]);
});

describe('latest', () => {
  it('keeps the last few in one order, whatever order they came in', () => {
    const inOrder: [number, string, string][] = [
      [3, 'n', 'a'],
      [2, 'n', 'c'],
      [2, 'n', 'b'],
      [2, 'n', 'a'],
      [1, 'n', 'z'],
      [0, 'n', 'z'],
    ];

    expect(latest(inOrder.toReversed())).toEqual(inOrder.slice(0, RECENT_LIMIT));
    expect(latest(inOrder)).toEqual(inOrder.slice(0, RECENT_LIMIT));
  });
});

describe('an event', () => {
  const viewed = resolved({ event: 'Viewed' });

  it('counts once, in one batch and in two', () => {
    const once = fold([viewed, viewed]);

    expect(once.person.activity.events.Viewed?.count).toBe(1);
    expect(once.applied).toEqual(new Set([viewed.event.id]));
    expect(fold([viewed], once.person).applied.size).toBe(0);
  });

  it('counts not at all where the spill knows it', () => {
    expect(fold([viewed], nobody, [viewed.event.id])).toMatchObject({
      applied: new Set(),
      person: { activity: { events: {} } },
    });
  });

  it('leaves the profile of a person alone of whom it says nothing new', () => {
    const person = stored([viewed]);

    expect(fold([resolved({ messageId: 'm2', timestamp: 2_000 })], person)).toMatchObject({
      profileChanged: false,
      applied: { size: 1 },
    });
    expect(fold([resolved({ messageId: 'm2', timestamp: 2_000 })], person).person.profile).toBe(
      person.profile,
    );
    expect(fold([viewed]).profileChanged).toBe(true);
    expect(fold([]).profileChanged).toBe(true);
  });
});

describe('consents', () => {
  const choice = (status: string, timestamp: number, messageId = `m${status}${timestamp}`) =>
    resolved({
      type: 'identify',
      messageId,
      timestamp,
      context: { messaging_subscriptions: [{ type: 'EMAIL', status }] },
    });
  const statusOf = (...events: readonly ResolvedEvent[]) =>
    fold(events).person.profile.consents['email/marketing']?.status;

  it('are as stated last, in whatever order it comes', () => {
    const [yes, no] = [choice('SUBSCRIBED', 1), choice('UNSUBSCRIBED', 2)];

    expect([statusOf(yes, no), statusOf(no, yes)]).toEqual(['denied', 'denied']);
    expect(statusOf(choice('UNSUBSCRIBED', 1), choice('SUBSCRIBED', 2))).toBe('granted');
    expect(statusOf(choice('SUBSCRIBED', 2), choice('UNSUBSCRIBED', 1))).toBe('granted');
  });

  it('are denied where both were stated at once', () => {
    const [yes, no] = [choice('SUBSCRIBED', 1), choice('UNSUBSCRIBED', 1)];

    expect([statusOf(yes, no), statusOf(no, yes)]).toEqual(['denied', 'denied']);
  });

  it('stated the same at once are those of one message, whichever came first', () => {
    const twice = ['a', 'b'].map((messageId) => choice('SUBSCRIBED', 1, messageId));
    const ids = [twice, twice.toReversed()].map(
      (events) => fold(events).person.profile.consents['email/marketing']?.id,
    );

    expect(ids[0]).toBe(ids[1]);
    expect(ids[0]).toBe(
      twice
        .map(({ event }) => event.id)
        .sort()
        .at(-1),
    );
  });

  it('tell by which event they were stated, and change the profile', () => {
    const { person, profileChanged } = fold([choice('SUBSCRIBED', 5, 'm9')], stored([]));

    expect(profileChanged).toBe(true);
    expect(person.profile.consents['email/marketing']).toMatchObject({
      at: 5,
      source: 'web',
      messageId: 'm9',
    });
  });

  it('are so many, of which the least names stay', () => {
    const categories = names(LIMITS.consentCount + 1).map((name) => ({ name, status: 'SUBSCRIBED' }));
    const context = { messaging_subscriptions: [{ type: 'SMS', status: 'DID_NOT_SUBSCRIBE', categories }] };

    const full = stored([resolved({ type: 'identify', context })]);

    expect(Object.keys(full.profile.consents)).toEqual(
      names(LIMITS.consentCount).map((name) => `sms/${name}`),
    );
    const beyond = resolved({
      type: 'identify',
      messageId: 'm2',
      context: {
        messaging_subscriptions: [
          { type: 'SMS', status: 'DID_NOT_SUBSCRIBE', categories: [{ name: 'z', status: 'SUBSCRIBED' }] },
        ],
      },
    });
    expect(fold([beyond], full)).toMatchObject({ profileChanged: false, person: { profile: full.profile } });
  });

  it('are changed in a full list, the greatest name too', () => {
    const say = (status: string, timestamp: number) =>
      resolved({
        type: 'identify',
        messageId: `m${timestamp}`,
        timestamp,
        context: {
          messaging_subscriptions: [
            {
              type: 'SMS',
              status: 'DID_NOT_SUBSCRIBE',
              categories: names(LIMITS.consentCount).map((name) => ({ name, status })),
            },
          ],
        },
      });

    const { consents } = fold([say('UNSUBSCRIBED', 2)], stored([say('SUBSCRIBED', 1)])).person.profile;

    expect(Object.values(consents).map(({ status }) => status)).toEqual(
      Array(LIMITS.consentCount).fill('denied'),
    );
  });
});

describe('addresses that were suppressed', () => {
  const email = 'ada@example.com';
  const bounced = (timestamp: number, bounce_type = 'Permanent', address = email) =>
    resolved({
      messageId: `b${timestamp}${address}`,
      event: 'Email Bounced',
      timestamp,
      properties: { email: address, bounce_type },
    });
  const complained = (timestamp: number) =>
    resolved({ messageId: `c${timestamp}`, event: 'Email Marked as Spam', timestamp, properties: { email } });
  const suppressedBy = (...events: readonly ResolvedEvent[]) => fold(events).person.profile.suppressed;

  it('are those that bounced for good or complained, in their normal form', () => {
    expect(suppressedBy(bounced(1, 'Permanent', ' ADA@example.com'))).toEqual({
      'email#ada@example.com': { reason: 'bounced', at: 1 },
    });
    expect(suppressedBy(complained(2))).toEqual({ 'email#ada@example.com': { reason: 'complained', at: 2 } });
    expect(suppressedBy(bounced(1, 'Transient'), bounced(2, 'Permanent', 'no address'))).toEqual({});
  });

  it.each([
    { events: [bounced(1), complained(2)], reason: 'bounced', at: 1 },
    { events: [bounced(2), complained(1)], reason: 'complained', at: 1 },
    { events: [bounced(1), complained(1)], reason: 'complained', at: 1 },
    { events: [bounced(1), bounced(2)], reason: 'bounced', at: 1 },
  ])(
    'are as the earliest said, and of two at once as the complaint: $reason at $at',
    ({ events, reason, at }) => {
      for (const order of [events, events.toReversed()]) {
        expect(suppressedBy(...order)).toEqual({ 'email#ada@example.com': { reason, at } });
      }
    },
  );

  it('leave the profile as it is when they are told of again, later or at once', () => {
    const person = stored([bounced(5)]);
    const again = (timestamp: number) =>
      fold(
        [
          resolved({
            messageId: 'again',
            event: 'Email Bounced',
            timestamp,
            properties: { email, bounce_type: 'Permanent' },
          }),
        ],
        person,
      ).person.profile.suppressed;

    expect([again(5), again(6)].map((suppressed) => suppressed === person.profile.suppressed)).toEqual([
      true,
      true,
    ]);
  });

  it('are so many, of which the least stay', () => {
    const addresses = names(LIMITS.suppressionCount + 1).map((name) => `${name}@example.com`);
    const events = addresses.map((address) => bounced(1, 'Permanent', address));

    for (const order of [events, events.toReversed()]) {
      expect(Object.keys(suppressedBy(...order)).sort()).toEqual(
        addresses.slice(0, -1).map((address) => `email#${address}`),
      );
    }
    const [full, beyond] = [stored(events.slice(0, -1)), bounced(3, 'Permanent', addresses.at(-1))];
    expect(fold([beyond], full).profileChanged).toBe(false);
    expect(fold([bounced(0, 'Permanent', addresses.at(-2))], full).person.profile.suppressed).toMatchObject({
      [`email#${addresses.at(-2)}`]: { at: 0 },
    });
  });
});

describe('identifiers', () => {
  it('are claimed in the rows of their company, and stand on the profile once', () => {
    const first = resolved({ timestamp: 5 }, { link: ['userId#u'] });
    const sisters = resolved(
      { messageId: 'm2', timestamp: 1 },
      { link: ['userId#u'], source: { ...web, legalEntity: 'sister' } },
    );

    const { claims, person, profileChanged } = fold([first, first, sisters], stored([]));

    expect(claims).toEqual(['main#userId#u', 'sister#userId#u']);
    expect(profileChanged).toBe(true);
    expect(person.profile.identifiers).toEqual({
      'userId#u': { at: 5, id: first.event.id, source: 'web', messageId: 'm1' },
    });
    expect(person.profile.entities).toEqual({ main: 5, sister: 1 });
  });

  it('claims nothing for an event that names its person', () => {
    const { legalEntity: _, ...source } = web;
    const { claims, person } = fold([resolved({}, { link: ['userId#u'], source })], stored([]));

    expect(claims).toEqual([]);
    expect([person.profile.identifiers, person.profile.entities]).toEqual([{}, {}]);
  });

  it('tells since when somebody is a company’s customer', () => {
    const since = (...times: readonly number[]) =>
      fold(times.map((timestamp) => resolved({ messageId: `m${timestamp}`, timestamp }))).person.profile
        .entities;

    expect([since(3, 1, 2), since(1, 3)]).toEqual([{ main: 1 }, { main: 1 }]);
  });
});

describe('addresses that only reach a person', () => {
  const reached = (contacts: readonly string[], timestamp: number): ResolvedEvent => {
    const { event, ...rest } = resolved({ messageId: `m${timestamp}`, timestamp });
    return { ...rest, event: { ...event, contacts } };
  };

  it('are linked by the earliest event that says them', () => {
    for (const times of [
      [1, 2],
      [2, 1],
    ]) {
      const { contacts } = fold(times.map((time) => reached(['email#e'], time))).person.profile;

      expect(contacts['email#e']).toMatchObject({ at: 1, messageId: 'm1', source: 'web' });
    }
  });

  it('are so many, of which the least stay, and the rest changes nothing', () => {
    const full = stored([reached(names(LIMITS.contactCount), 1)]);

    expect(Object.keys(full.profile.contacts)).toHaveLength(LIMITS.contactCount);
    expect(fold([reached(['z'], 2_000)], full).profileChanged).toBe(false);
    expect(Object.keys(fold([reached(['a'], 2_000)], full).person.profile.contacts).sort()).toEqual([
      'a',
      ...names(LIMITS.contactCount - 1),
    ]);
  });
});

describe('market and brand', () => {
  const from = (market: string, timestamp: number, messageId: string): ResolvedEvent =>
    resolved({ messageId, timestamp }, { source: { ...web, market, brand: `${market}-brand` } });

  it('are those of the earliest event’s source, and of two at once of the lesser message', () => {
    const [fr, de] = [from('fr', 2, 'a'), from('de', 1, 'b')];
    const tie = [from('fr', 1, 'a'), from('de', 1, 'b')].toSorted((a, b) =>
      a.event.id < b.event.id ? -1 : 1,
    );

    for (const order of [
      [fr, de],
      [de, fr],
    ]) {
      expect(fold(order).person.profile).toMatchObject({
        market: { value: 'de', at: 1, id: de.event.id },
        brand: { value: 'de-brand' },
      });
    }
    for (const order of [tie, tie.toReversed()]) {
      expect(fold(order).person.profile.market?.value).toBe(tie[0]?.event.market);
    }
  });

  it('are none where no source has any', () => {
    const { market: _, brand: __, ...source } = web;

    expect(fold([resolved({}, { source })]).person.profile).not.toHaveProperty('market');
  });
});

describe('refusals', () => {
  const refused = (n: number): ResolvedEvent =>
    resolved({ messageId: `m${n}`, timestamp: 5 }, { refused: [{ key: `email#${n}`, reason: 'limit' }] });

  it('are listed with what was refused, and told', () => {
    const { person, refused: told, unlisted, profileChanged } = fold([refused(1)], stored([]));

    expect(person.profile.refusals).toEqual([
      { identifier: 'email#1', reason: 'limit', at: RECEIVED_AT, messageId: 'm1' },
    ]);
    expect(told.map(({ refusal }) => refusal.identifier)).toEqual(['email#1']);
    expect([unlisted, profileChanged]).toEqual([0, true]);
  });

  it('leave the profile alone when the list is full, and are counted', () => {
    const full = stored(names(REFUSAL_LIMIT).map((_, n) => refused(n)));

    expect(fold([refused(90), refused(91)], full)).toMatchObject({
      unlisted: 2,
      refused: [],
      profileChanged: false,
    });
  });

  it('list traits that are too large', () => {
    const large = resolved({ type: 'identify', traits: { bio: 'x'.repeat(2_000), city: 'Lyon' } });

    const { profile } = fold([large]).person;

    expect(profile.refusals).toMatchObject([{ identifier: 'trait#bio', reason: 'too_large' }]);
    expect(Object.keys(profile.traits)).toEqual(['city']);
  });

  it('list as many traits as identifiers', () => {
    const both = resolved(
      { type: 'identify', traits: { bio: 'x'.repeat(2_000) } },
      { refused: [{ key: 'email#e', reason: 'limit' }] },
    );

    expect(fold([both]).person.profile.refusals.map(({ identifier }) => identifier)).toEqual([
      'email#e',
      'trait#bio',
    ]);
  });
});

describe('traits', () => {
  it('are so many, of which the least names stay, in whatever order they come', () => {
    const all = names(LIMITS.traitCount + 1);
    const events = all.map((name, n) =>
      resolved({ type: 'identify', messageId: `m${n}`, traits: { [name]: n } }),
    );

    for (const order of [events, events.toReversed()]) {
      expect(Object.keys(fold(order).person.profile.traits).sort()).toEqual(all.slice(0, -1));
    }
  });

  it('that only repeat a value change the time of what is said, and not the profile', () => {
    const say = (timestamp: number, city: string | null) =>
      resolved({ type: 'identify', messageId: `m${timestamp}`, timestamp, traits: { city } });
    const lyon = stored([say(5, 'Lyon')]);

    const again = fold([say(7, 'Lyon')], lyon);
    expect(again.profileChanged).toBe(false);
    expect(fold([say(6, 'Paris')], again.person).person.profile.traits).toEqual(lyon.profile.traits);
    expect(fold([say(6, 'Paris')], lyon).person.profile.traits).toMatchObject({
      city: { value: 'Paris', at: 6 },
    });
    expect(fold([say(8, null)], again.person).person.profile.traits).toMatchObject({
      city: { value: null, at: 8 },
    });
  });
});
