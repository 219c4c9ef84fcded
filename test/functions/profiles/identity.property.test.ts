import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KeyedRecords } from '#functions/profiles/apply-records.ts';
import type { CollectedEvent } from '#shared/events/event.ts';
import type { SourceStamp } from '#shared/events/stream-record.ts';
import { identityRules } from '#shared/identity/rules.ts';
import { IdentitySettings } from '#shared/identity/settings.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { canonicalState } from '#shared/profiles/canonical.ts';
import { normaliseEvent } from '#shared/profiles/normalise-event.ts';
import { compileSegments } from '#shared/segments/compile.ts';
import { applying } from '#test/support/applying.ts';
import { collected, RECEIVED_AT } from '#test/support/events.ts';

/** Limits that a short history breaks; two pairs of companies that may share people, and one that may not. */
const rules = identityRules(
  IdentitySettings.parse({
    limits: { email: 1, anonymousId: 2, 'externalId:card': 1, deviceId: 1 },
    ignored: [],
    blocked: [{ type: 'anonymousId', value: 'kiosk' }],
    authorised: [
      ['acme', 'beta'],
      ['beta', 'gamma'],
    ],
  }),
);
const ENTITIES = ['acme', 'beta', 'gamma'];

const SOURCES: readonly SourceStamp[] = [
  { id: 'site', legalEntity: 'acme' },
  { id: 'partner', legalEntity: 'acme', identity: 'link' },
  { id: 'till', legalEntity: 'acme', identity: 'isolate' },
  { id: 'shop', legalEntity: 'beta' },
  { id: 'bank', legalEntity: 'gamma' },
];

interface Said {
  readonly source: SourceStamp;
  readonly event: Partial<CollectedEvent>;
}

const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined, freq: 2 });

/** One event by who is there: of two people, three browsers one of which is a kiosk, and what they share. */
const said = (sources: readonly SourceStamp[]): fc.Arbitrary<Said> =>
  fc
    .record({
      source: fc.constantFrom(...sources),
      userId: maybe(fc.constantFrom('u1', 'u2')),
      anonymousId: fc.constantFrom('a1', 'a2', 'a3', 'kiosk'),
      email: maybe(fc.constantFrom('e1@example.com', 'e2@example.com')),
      card: maybe(fc.constantFrom('c1', 'c2')),
      device: maybe(fc.constantFrom('d1', 'd2')),
      previousId: maybe(fc.constantFrom('u1', 'u2', 'a1')),
      timestamp: fc.integer({ min: 1, max: 3 }),
    })
    .map(({ source, userId, previousId, anonymousId, email, card, device, timestamp }) => ({
      source,
      event: {
        ...(userId !== undefined && { userId }),
        ...(userId !== undefined && previousId !== undefined && { type: 'alias' as const, previousId }),
        anonymousId,
        timestamp,
        context: {
          ...(device !== undefined && { device: { id: device } }),
          externalIds: [
            ...(email === undefined ? [] : [{ type: 'email', id: email }]),
            ...(card === undefined ? [] : [{ type: 'card', id: card }]),
          ],
        },
      },
    }));

/** Each message names itself, so that it is seen whose it became. */
const history = (sources = SOURCES): fc.Arbitrary<readonly Said[]> =>
  fc.array(said(sources), { minLength: 1, maxLength: 14, size: 'max' }).map((all) =>
    all.map(({ source, event }, n) => ({
      source,
      event: { ...event, messageId: `m${n}`, ...(event.type !== 'alias' && { event: `E${n}` }) },
    })),
  );

/** A history in some order, in batches, some of them delivered twice and some messages sent twice. */
const delivery = (sources = SOURCES) =>
  history(sources).chain((events) =>
    fc.record({
      events: fc.constant(events),
      order: fc.shuffledSubarray([...events], { minLength: events.length }),
      resent: fc.subarray([...events]),
      cuts: fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 10 }),
      again: fc.array(fc.nat(9), { maxLength: 3 }),
    }),
  );

type Delivery = typeof delivery extends (...args: never) => fc.Arbitrary<infer T> ? T : never;

function cut<T>(items: readonly T[], sizes: readonly number[]): T[][] {
  const parts: T[][] = [];
  let at = 0;
  for (const size of sizes) {
    parts.push(items.slice(at, at + size));
    at += size;
  }
  return [...parts, items.slice(at)].filter(({ length }) => length > 0);
}

async function deliver({ order, resent, cuts, again }: Omit<Delivery, 'events'>) {
  const river = applying();
  const definitions = { current: async () => compileSegments([], 1, { identity: rules }) };
  const batches = cut([...order, ...resent], cuts).map(
    (batch): KeyedRecords => ({
      stream: 'arn:events',
      partitionKey: 'k',
      records: batch.flatMap(({ source, event }) => river.record([event], { source }).records),
    }),
  );
  let refused = 0;
  for (const batch of batches) refused += (await river.apply(batch, { definitions })).refused;
  for (const n of again) {
    const batch = batches[n];
    if (batch !== undefined) await river.apply(batch, { definitions });
  }
  const { conflicts } = await river.conflicts.newest({ filter: {}, limit: 10_000 });
  return { ...river, listed: conflicts, refused };
}

type River = Awaited<ReturnType<typeof deliver>>;

const normal = ({ source, event }: Said) =>
  normaliseEvent(collected(event), { source, receivedAt: RECEIVED_AT, identity: rules });
const total = (people: readonly Person[]): number =>
  people.flatMap(({ activity }) => Object.values(activity.events)).reduce((sum, { count }) => sum + count, 0);
const typeCount = ({ profile }: Person, type: string): number =>
  Object.keys(profile.identifiers).filter((key) => key.startsWith(`${type}#`)).length;

/** Whose an event became. */
const holders = ({ everybody }: River, name: string): readonly Person[] =>
  everybody().filter(({ activity }) => Object.hasOwn(activity.events, name));

describe('who is who, in any order, where limits are hit and companies may not share people', () => {
  it('gives each event to exactly one person, once', async () => {
    await fc.assert(
      fc.asyncProperty(delivery(), async ({ events, ...rest }) => {
        const river = await deliver(rest);

        const strays = events.filter((one) => normal(one).identifiers.length === 0);
        const applied = events.filter((one) => !strays.includes(one));
        for (const { event } of applied) {
          if (event.event !== undefined) expect(holders(river, event.event)).toHaveLength(1);
        }
        expect(total(river.everybody())).toBe(applied.length);
      }),
      { numRuns: 300 },
    );
  });

  it('makes nobody of two user ids, over a limit, or of companies that may not share people', async () => {
    await fc.assert(
      fc.asyncProperty(delivery(), async ({ events: _, ...rest }) => {
        const { everybody } = await deliver(rest);

        for (const person of everybody()) {
          for (const type of ['userId', 'email', 'externalId:card', 'deviceId']) {
            expect(typeCount(person, type)).toBeLessThanOrEqual(1);
          }
          expect(typeCount(person, 'anonymousId')).toBeLessThanOrEqual(2);
          const entities = Object.keys(person.profile.entities);
          expect(entities.includes('acme') && entities.includes('gamma')).toBe(false);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('leads every row to somebody who has its identifier, and is a customer of its company', async () => {
    await fc.assert(
      fc.asyncProperty(delivery(), async ({ events, ...rest }) => {
        const { ownerOf } = await deliver(rest);

        for (const key of new Set(events.flatMap((one) => normal(one).identifiers))) {
          for (const entity of ENTITIES) {
            const owner = ownerOf(key, entity);
            if (owner === undefined) continue;
            expect(Object.keys(owner.profile.identifiers)).toContain(key);
            expect(Object.keys(owner.profile.entities)).toContain(entity);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('lists every identifier that an event said and its person did not get', async () => {
    await fc.assert(
      fc.asyncProperty(delivery(), async ({ events, ...rest }) => {
        const river = await deliver(rest);
        fc.pre(river.refused === river.listed.length);
        const pids = river.listed.map(({ pid }) => pid);
        const people = await river.ports.people.findMany(pids);

        for (const one of events) {
          const [person] = one.event.event === undefined ? [] : holders(river, one.event.event);
          for (const key of person === undefined ? [] : normal(one).identifiers) {
            const isListed = river.listed.some(
              ({ pid, identifier }) => identifier === key && people.get(pid)?.pid === person?.pid,
            );
            expect(isListed || Object.hasOwn(person?.profile.identifiers ?? {}, key)).toBe(true);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('comes to the same people in any order, where nothing was refused in either', async () => {
    const few = SOURCES.filter(({ id }) => id !== 'bank');
    const twice = delivery(few).chain((one) =>
      fc.record({
        one: fc.constant(one),
        order: fc.shuffledSubarray([...one.events], { minLength: one.events.length }),
        cuts: fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 10 }),
      }),
    );
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(twice, async ({ one, order, cuts }) => {
        const [a, b] = [await deliver(one), await deliver({ order, cuts, resent: [], again: [] })];
        if (a.refused + b.refused > 0) return;
        compared += 1;

        const states = ({ everybody }: River) => everybody().map(canonicalState).sort();
        expect(states(b)).toEqual(states(a));
      }),
      { numRuns: 600 },
    );
    expect(compared).toBeGreaterThan(20);
  });
});
