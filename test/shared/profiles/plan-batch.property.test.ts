import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_AGGREGATES } from '#shared/computed/computed-rules.ts';
import type { CollectedEvent } from '#shared/events/event.ts';
import { Pid } from '#shared/events/event.ts';
import type { SourceStamp } from '#shared/events/stream-record.ts';
import { identityRules } from '#shared/identity/rules.ts';
import { IdentitySettings } from '#shared/identity/settings.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { NOBODY_ERASED } from '#shared/profiles/erased.ts';
import { foldEvents, newPerson } from '#shared/profiles/fold.ts';
import { joinMarks } from '#shared/profiles/marks.ts';
import { type NormalisedEvent, normaliseEvents } from '#shared/profiles/normalise-event.ts';
import { type BatchEvent, type BatchReads, MAX_EVENTS, planBatch } from '#shared/profiles/plan-batch.ts';
import { DEFAULT_RULES } from '#shared/traits/trait-definition.ts';
import { collected, normalised, RECEIVED_AT, web } from '#test/support/events.ts';

const KEY = 'key';
const rules = identityRules(
  IdentitySettings.parse({ authorised: [['main', 'sister']], limits: { anonymousId: 2 }, ignored: [] }),
);
const ADA = Pid.parse('ada');

const said: fc.Arbitrary<Partial<CollectedEvent>> = fc.record(
  {
    type: fc.constantFrom('track', 'page', 'identify', 'alias'),
    userId: fc.constantFrom('u1', 'u2'),
    anonymousId: fc.constantFrom('a1', 'a2', 'a3'),
    previousId: fc.constantFrom('a1', 'u2'),
    traits: fc.constantFrom({}, { email: 'ada@example.com' }),
    context: fc.constantFrom(
      {},
      { device: { id: 'd1' } },
      { externalIds: [{ type: 'card', id: '7', collection: 'users', encoding: 'none' }] },
    ),
  },
  { requiredKeys: ['type', 'anonymousId'] },
);
const source: fc.Arbitrary<SourceStamp> = fc.record({
  id: fc.constant('web'),
  legalEntity: fc.constantFrom('main', 'sister'),
  identity: fc.constantFrom('convert', 'link', 'isolate'),
});
/** Mostly what the event before it said too, as in life. */
const record = fc.record({
  source,
  events: fc
    .array(fc.tuple(said, fc.integer({ min: 1, max: 3 })), { minLength: 1, maxLength: 4 })
    .map((runs) => runs.flatMap(([event, times]) => Array<typeof event>(times).fill(event))),
});

/** What one plan after another came to, of people who remember what they were given. */
function planned(records: readonly { readonly events: readonly NormalisedEvent[] }[]) {
  const owners = new Map<string, Pid>();
  const people = new Map<Pid, Person>();
  const plans = records.flatMap(({ events }, number) => {
    const batch = events.map(
      (event, index): BatchEvent => ({ event, sequenceNumber: `${number + 1}`, index }),
    );
    const reads: BatchReads = {
      owners: new Map(owners),
      people: new Map(people),
      erased: NOBODY_ERASED,
    };
    const plan = planBatch(batch, reads, {
      markKey: KEY,
      identity: rules,
      newPid: () => Pid.parse(`p${people.size}`),
    });
    for (const { person, events: theirs } of plan.people) {
      const folded = foldEvents(person, theirs, {
        spilled: new Set(),
        traits: DEFAULT_RULES,
        computed: NO_AGGREGATES,
      });
      const { activity } = folded.person;
      const marks = joinMarks(activity.marks, [[KEY, `${number + 2}`, `${number + 2}`]]);
      people.set(person.pid, { ...folded.person, activity: { ...activity, version: 1, marks } });
      for (const row of folded.claims) owners.set(row, person.pid);
    }
    return plan;
  });
  return { plans, people };
}

describe('planBatch', () => {
  it('plans events that share their list of identifiers as it plans each by itself', () => {
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 4 }), (records) => {
        const shared = records.map(({ events, source }, number) => ({
          events: normaliseEvents(
            events.map((event, index) => collected({ ...event, messageId: `${number}-${index}` })),
            { source, receivedAt: RECEIVED_AT, identity: rules },
          ),
        }));
        const apart = shared.map(({ events }) => ({
          events: events.map((event) => ({ ...event, identifiers: [...event.identifiers] })),
        }));

        expect(planned(shared)).toEqual(planned(apart));
      }),
    );
  });

  it('takes no event for its neighbour’s that is of another record, or is addressed to somebody else', () => {
    const event = normalised({ userId: 'u1' });
    const marked = { ...newPerson(ADA, 1) };
    const ada: Person = {
      ...marked,
      profile: { ...marked.profile, entities: { main: 1 } },
      activity: { ...marked.activity, version: 1, marks: [[KEY, '2', '2']] },
    };
    const reads: BatchReads = {
      owners: new Map([['main#userId#u1', ADA]]),
      people: new Map([[ADA, ada]]),
      erased: NOBODY_ERASED,
    };
    const batch: BatchEvent[] = [
      { event, sequenceNumber: '1', index: 0 },
      { event, sequenceNumber: '2', index: 0 },
      { event, sequenceNumber: '2', index: 1, pid: Pid.parse('nobody') },
      { event, sequenceNumber: '2', index: 2, pid: ADA },
    ];

    const plan = planBatch(batch, reads, { markKey: KEY, identity: rules, newPid: () => ADA });

    expect(plan.people.map(({ events }) => events.map(({ index }) => index))).toEqual([[0, 2]]);
    expect(plan.strays).toEqual([expect.objectContaining({ index: 1, reason: 'unknown_person' })]);
  });

  it('ends where one person has as many events as a write takes, alike or not', () => {
    const events = normaliseEvents(
      Array.from({ length: MAX_EVENTS + 5 }, (_, index) =>
        collected({ userId: 'u1', messageId: `m${index}` }),
      ),
      { source: web, receivedAt: RECEIVED_AT },
    );
    const batch = events.map((event, index): BatchEvent => ({ event, sequenceNumber: '1', index }));
    const reads: BatchReads = { owners: new Map(), people: new Map(), erased: NOBODY_ERASED };

    const plan = planBatch(batch, reads, { markKey: KEY, identity: rules, newPid: () => ADA });

    expect(plan.consumed).toBe(MAX_EVENTS);
    expect(plan.people).toHaveLength(1);
  });
});
