import { describe, expect, it } from 'vitest';
import type { CollectedEvent } from '#shared/events/event.ts';
import { Pid } from '#shared/events/event.ts';
import { LIMITS } from '#shared/events/limits.ts';
import type { SourceStamp } from '#shared/events/stream-record.ts';
import { identityRow } from '#shared/identity/identifier.ts';
import { DEFAULT_IDENTITY, identityRules } from '#shared/identity/rules.ts';
import { IdentitySettings } from '#shared/identity/settings.ts';
import type { Activity, Person } from '#shared/profiles/activity.ts';
import { type Erased, NOBODY_ERASED } from '#shared/profiles/erased.ts';
import { type BatchEvent, MAX_EVENTS, planBatch, rowsToPlan } from '#shared/profiles/plan-batch.ts';
import { normalised, web } from '#test/support/events.ts';
import { person, stampedAt } from '#test/support/person.ts';

const KEY = 'key';

interface Place extends Partial<BatchEvent> {
  readonly source?: SourceStamp;
}

const entry = (said: Partial<CollectedEvent>, { source = web, ...place }: Place = {}): BatchEvent => ({
  event: normalised(said, source),
  sequenceNumber: '1',
  index: 0,
  ...place,
});

const someone = (
  pid: string,
  keys: readonly string[],
  { marked, createdAt = 0 }: { readonly marked?: string; readonly createdAt?: number } = {},
): Person =>
  person(pid, {
    profile: {
      createdAt,
      identifiers: Object.fromEntries(keys.map((key) => [key, stampedAt(1)])),
      entities: { main: 1 },
    },
    activity: { marks: marked === undefined ? [] : [[KEY, marked, marked]] },
  });

function plan(
  events: readonly BatchEvent[],
  people: readonly Person[] = [],
  identity = DEFAULT_IDENTITY,
  erased: Erased = NOBODY_ERASED,
) {
  let made = 0;
  const owners = people.flatMap(({ pid, profile }) =>
    Object.keys(profile.identifiers).map((key) => [identityRow('main', key), pid] as const),
  );
  return planBatch(
    events,
    { owners: new Map(owners), people: new Map(people.map((one) => [one.pid, one])), erased },
    { markKey: KEY, identity, newPid: () => Pid.parse(`new${made++}`) },
  );
}

/** Whose events are whose, by message. */
const whose = ({ people }: ReturnType<typeof plan>) =>
  Object.fromEntries(
    people.map(({ person: { pid }, events }) => [pid, events.map(({ event }) => event.messageId)]),
  );

describe('planBatch', () => {
  it('gives each event to whoever has its identifiers, and makes people of those that nobody has', () => {
    const ada = someone('ada', ['userId#ada']);
    const planned = plan(
      [
        entry({ messageId: 'm1', userId: 'ada', anonymousId: 'a1' }),
        entry({ messageId: 'm2', anonymousId: 'a2' }),
        entry({ messageId: 'm3', anonymousId: 'a1' }),
        entry({ messageId: 'm4', anonymousId: 'a2' }),
      ],
      [ada],
    );

    expect(whose(planned)).toEqual({ ada: ['m1', 'm3'], new0: ['m2', 'm4'] });
    expect(planned).toMatchObject({ consumed: 4, strays: [] });
    expect(planned).not.toHaveProperty('merge');
    expect(planned.people.map(({ events }) => events.map(({ link }) => link))).toEqual([
      [['anonymousId#a1'], []],
      [['anonymousId#a2'], []],
    ]);
  });

  it('names only who has events to come', () => {
    const [ada, bob] = [someone('ada', ['userId#ada', 'anonymousId#a']), someone('bob', ['userId#bob'])];

    const planned = plan([entry({ userId: 'bob', anonymousId: 'a' })], [ada, bob]);

    expect(whose(planned)).toEqual({ bob: ['m1'] });
    expect(planned.people[0]?.events[0]?.refused).toEqual([
      { key: 'anonymousId#a', reason: 'limit', other: 'ada' },
    ]);
  });

  it('ends at an event that shows two people to be one, and says which two', () => {
    const [young, old] = [
      someone('y', ['anonymousId#a'], { createdAt: 2 }),
      someone('o', ['userId#u'], { createdAt: 1 }),
    ];
    const joining = entry({ messageId: 'm2', userId: 'u', anonymousId: 'a' });

    const planned = plan(
      [entry({ messageId: 'm1', anonymousId: 'a' }), joining, entry({ messageId: 'm3' })],
      [young, old],
    );

    expect(planned).toMatchObject({ consumed: 1, merge: { people: ['o', 'y'], event: joining.event } });
    expect(whose(planned)).toEqual({ y: ['m1'] });
  });

  it('sees what events before said of whose customer somebody is', () => {
    const rules = identityRules(IdentitySettings.parse({ authorised: [['main', 'sister']] }));
    const sister: SourceStamp = { ...web, legalEntity: 'sister' };

    const planned = plan(
      [
        entry({ messageId: 'm1', userId: 'u' }),
        entry({ messageId: 'm2', userId: 'u' }, { source: sister, sequenceNumber: '2' }),
        entry({ messageId: 'm3', userId: 'u' }, { source: sister, sequenceNumber: '3' }),
      ],
      [],
      rules,
    );

    expect(whose(planned)).toEqual({ new0: ['m1', 'm2', 'm3'] });
    expect(planned.people[0]?.events.map(({ link }) => link)).toEqual([['userId#u'], ['userId#u'], []]);
  });
});

describe('limits within one batch', () => {
  it('count what events before linked', () => {
    const emails = [1, 2, 3, 4, 5, 6].map((n) =>
      entry(
        { messageId: `m${n}`, type: 'identify', userId: 'u', traits: { email: `e${n}@example.com` } },
        { sequenceNumber: `${n}` },
      ),
    );

    const [planned] = plan(emails).people;

    expect(planned?.events.flatMap(({ link }) => link)).toEqual([
      'userId#u',
      ...[1, 2, 3, 4, 5].map((n) => `email#e${n}@example.com`),
    ]);
    expect(planned?.events.at(-1)?.refused).toEqual([{ key: 'email#e6@example.com', reason: 'limit' }]);
  });

  it('leave room for an identifier that just fits', () => {
    const key = (bytes: number, name: string) => name.padEnd(bytes - LIMITS.identifierOverhead, 'x');
    const fits = key(300, 'userId#u');
    const ada = someone('ada', [
      'anonymousId#a1',
      key(LIMITS.identifierBytes - 300 - 'anonymousId#a1'.length - LIMITS.identifierOverhead, 'phone#'),
    ]);
    const linkOf = (userId: string) =>
      plan([entry({ userId, anonymousId: 'a1' })], [ada]).people.map(({ person: { pid }, events }) => [
        pid,
        events[0]?.link,
      ]);

    expect(linkOf(fits.slice('userId#'.length))).toEqual([['ada', [fits]]]);
    expect(linkOf(`${fits.slice('userId#'.length)}x`)).toEqual([['new0', [`${fits}x`]]]);
  });

  it('refuse again what was refused, also of events in a row that are alike', () => {
    const bob = someone('bob', ['userId#bob', 'anonymousId#a']);
    const first = entry({ messageId: 'm1', userId: 'ada', anonymousId: 'a' });
    const again = { ...first, event: { ...first.event, messageId: 'm2' }, index: 1 };

    const [planned] = plan([first, again], [bob]).people;

    expect(planned?.events.map(({ link, refused }) => [link, refused.length])).toEqual([
      [['userId#ada'], 1],
      [[], 1],
    ]);
  });

  it('join nobody of a third company whom events before made a customer of another', () => {
    const between = identityRules(
      IdentitySettings.parse({
        authorised: [
          ['main', 'sister'],
          ['sister', 'third'],
        ],
      }),
    );
    const of = (legalEntity: string, n: number) =>
      entry({ messageId: `m${n}`, userId: 'u' }, { source: { ...web, legalEntity }, sequenceNumber: `${n}` });
    const events = [of('main', 1), of('sister', 2), of('third', 3)];

    expect(whose(plan(events, [], between))).toEqual({ new0: ['m1', 'm2'], new1: ['m3'] });
    const ada = someone('ada', ['userId#u']);
    expect(whose(plan(events.slice(1), [ada], between))).toEqual({ ada: ['m2'], new0: ['m3'] });
  });
});

describe('an event that is nobody’s', () => {
  it('is set aside with the reason, and the others go on', () => {
    const { legalEntity: _, ...nobodys } = web;
    const planned = plan([
      entry({ messageId: 'm1' }, { pid: Pid.parse('erased') }),
      entry({ messageId: 'm2', anonymousId: 'guest' }),
      entry({ messageId: 'm3' }, { source: nobodys }),
      entry({ messageId: 'm4' }),
    ]);

    expect(planned.strays.map(({ event, reason }) => [event.messageId, reason])).toEqual([
      ['m1', 'unknown_person'],
      ['m2', 'no_identifier'],
      ['m3', 'no_identifier'],
    ]);
    expect(whose(planned)).toEqual({ new0: ['m4'] });
    expect(planned.consumed).toBe(4);
  });
});

describe('an event that names its person', () => {
  it('is theirs, whatever else it says, and links nothing', () => {
    const [ada, bob] = [someone('ada', []), someone('bob', ['userId#bob'])];

    const planned = plan(
      [entry({ userId: 'bob' }, { pid: ada.pid, contact: 'c1', redriven: true })],
      [ada, bob],
    );

    expect(planned.people).toMatchObject([
      { person: ada, events: [{ pid: 'ada', contact: 'c1', redriven: true, link: [], refused: [] }] },
    ]);
  });

  it('makes them a customer of nobody, so that they can still be one with others', () => {
    const { legalEntity: _, ...source } = web;
    const [ada, bob] = [someone('ada', ['userId#ada']), someone('bob', ['anonymousId#a'])];

    const planned = plan(
      [entry({}, { pid: ada.pid, source }), entry({ messageId: 'm2', userId: 'ada', anonymousId: 'a' })],
      [ada, bob],
    );

    expect(planned).toMatchObject({ consumed: 1, merge: { people: ['ada', 'bob'] } });
  });
});

describe('an event of somebody who was erased', () => {
  const erasedAt = (rows: Readonly<Record<string, number>>, ...pids: readonly string[]): Erased => ({
    people: new Map(pids.map((pid) => [Pid.parse(pid), 60])),
    rows: new Map(Object.entries(rows)),
  });
  const planOf = (events: readonly BatchEvent[], erased: Erased, people: readonly Person[] = []) =>
    plan(events, people, DEFAULT_IDENTITY, erased);

  it('is counted and nothing else, whether it names them or what they were known by', () => {
    const planned = planOf(
      [
        entry({ messageId: 'm1', timestamp: 50 }, { pid: Pid.parse('ada') }),
        entry({ messageId: 'm2', timestamp: 50, userId: 'ada' }),
        entry({ messageId: 'm3', timestamp: 50 }),
      ],
      erasedAt({ 'main#userId#ada': 60 }, 'ada'),
    );

    expect(planned).toMatchObject({ consumed: 3, erased: 2, strays: [] });
    expect(whose(planned)).toEqual({ new0: ['m3'] });
  });

  it('is somebody else’s who has a stronger identifier of it, less what points at the erased', () => {
    const said = {
      type: 'identify',
      timestamp: 50,
      userId: 'bob',
      traits: { email: 'e@example.com' },
    } as const;
    const erased = erasedAt({ 'main#email#e@example.com': 60 });

    const bobs = planOf([entry(said)], erased, [someone('bob', ['userId#bob'])]);

    expect(whose(bobs)).toEqual({ bob: ['m1'] });
    expect(bobs.people[0]?.events[0]?.link).toEqual([]);
    expect(planOf([entry(said)], erased)).toMatchObject({ erased: 1, people: [] });
  });

  it('is told from one that is alike and came after', () => {
    const after = entry({ messageId: 'm1', timestamp: 70, userId: 'ada' });
    const before = { ...after, event: { ...after.event, messageId: 'm2', at: 50 }, index: 1 };

    const planned = planOf([after, before], erasedAt({ 'main#userId#ada': 60 }));

    expect(planned).toMatchObject({ consumed: 2, erased: 1 });
    expect(whose(planned)).toEqual({ new0: ['m1'] });
  });
});

describe('a record that was applied before', () => {
  const ada = someone('ada', ['userId#ada'], { marked: '6' });
  const bob = someone('bob', ['anonymousId#a']);

  it('needs nothing more where anybody knows it whom it could be about', () => {
    const planned = plan(
      [
        entry({ messageId: 'm1', userId: 'ada' }, { sequenceNumber: '5' }),
        entry({ messageId: 'm2', userId: 'ada', anonymousId: 'a' }, { sequenceNumber: '4' }),
        entry({ messageId: 'm3' }, { sequenceNumber: '5', pid: ada.pid }),
        entry({ messageId: 'm4', userId: 'ada' }, { sequenceNumber: '6' }),
        entry({ messageId: 'm5', anonymousId: 'a' }, { sequenceNumber: '5' }),
      ],
      [ada, bob],
    );

    expect(whose(planned)).toEqual({ ada: ['m4'], bob: ['m5'] });
    expect(planned).toMatchObject({ consumed: 5, strays: [] });
  });

  it('is new to who knows the same number of another key', () => {
    const marks: Activity['marks'] = [['other', '6', '6']];
    const other = { ...ada, activity: { ...ada.activity, marks } };

    expect(whose(plan([entry({ userId: 'ada' }, { sequenceNumber: '5' })], [other]))).toEqual({
      ada: ['m1'],
    });
  });
});

describe('the size of one write', () => {
  const ada = someone('ada', ['userId#ada']);
  const linking = (count: number, said: Partial<CollectedEvent> = { userId: 'ada' }): BatchEvent[] =>
    Array.from({ length: count }, (_, n) =>
      entry({ messageId: `m${n}`, ...said, anonymousId: `a${n}` }, { index: n }),
    );

  it('is so many identifiers that are linked', () => {
    expect(plan(linking(80), [ada]).consumed).toBe(80);
    expect(plan(linking(81), [ada])).toMatchObject({ consumed: 80, strays: [] });
    expect(plan(linking(81, {})).consumed).toBe(80);
  });

  it('is so many refusals as the people have room to list, each once', () => {
    const others = Array.from({ length: 100 }, (_, n) =>
      someone(`p${n}`, [`userId#u${n}`, `anonymousId#a${n}`]),
    );
    const users = ['ada', 'bea', 'cia', 'dot', 'eve'].map((id) => someone(id, [`userId#${id}`]));
    const refusing = (userOf: (n: number) => string) =>
      Array.from({ length: 100 }, (_, n) =>
        entry(
          { messageId: `m${n}`, userId: userOf(n), anonymousId: `a${n}` },
          { index: n, sequenceNumber: `${n + 1}` },
        ),
      );
    const nameOf = (place: number): string => users[place]?.pid ?? 'nobody';

    // Whoever is refused thousands is written no more often for it
    expect(
      plan(
        refusing(() => 'ada'),
        [...users, ...others],
      ).consumed,
    ).toBe(100);
    expect(
      plan(
        refusing((n) => nameOf(Math.floor(n / 20))),
        [...users, ...others],
      ).consumed,
    ).toBe(80);
    const again = refusing((n) => nameOf(n % 5)).flatMap((one, n) =>
      n < 5 ? Array.from({ length: 20 }, () => one) : [],
    );
    expect(plan(again, [...users, ...others]).consumed).toBe(100);
  });

  it('is so many events that are noted for good', () => {
    const redriven = Array.from({ length: 82 }, (_, n) =>
      entry({ messageId: `m${n}`, userId: 'ada' }, { index: n, sequenceNumber: `${n}`, redriven: n < 80 }),
    );

    expect(plan(redriven, [ada]).consumed).toBe(82);
    expect(plan([...redriven.slice(0, 80), ...linking(1)], [ada]).consumed).toBe(80);
    expect(plan([...redriven.slice(0, 79), ...linking(2)], [ada]).consumed).toBe(80);
  });

  it('is so many events of one person, and of another as many', () => {
    const bob = someone('bob', ['userId#bob']);
    const of = (userId: string, count: number) =>
      Array.from({ length: count }, (_, n) =>
        entry({ messageId: `m${n}`, userId }, { index: n, sequenceNumber: `${n + 1}` }),
      );

    expect(plan([...of('ada', MAX_EVENTS), ...of('bob', 1)], [ada, bob]).consumed).toBe(MAX_EVENTS + 1);
    expect(plan([...of('bob', 1), ...of('ada', MAX_EVENTS + 1)], [ada, bob]).consumed).toBe(MAX_EVENTS + 1);
  });
});

describe('rowsToPlan', () => {
  it('names the rows of each identifier, and none for who names their person or nobody', () => {
    const rows = rowsToPlan(
      [
        entry({ userId: 'u', anonymousId: 'a' }),
        entry({ userId: 'u' }, { pid: Pid.parse('p') }),
        entry({ anonymousId: 'guest' }),
        entry({ anonymousId: 'b' }),
      ],
      DEFAULT_IDENTITY,
    );

    expect(rows).toEqual(['main#userId#u', 'main#anonymousId#a', 'main#anonymousId#b']);
  });

  it('names those of events in a row that are alike once, unless they are of two records', () => {
    const first = entry({ userId: 'u' });
    const rows = rowsToPlan(
      [first, { ...first, index: 1 }, { ...first, sequenceNumber: '2' }],
      DEFAULT_IDENTITY,
    );

    expect(rows).toEqual(['main#userId#u', 'main#userId#u']);
  });
});
