import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ApplyPorts, applyRecords, type KeyedRecords } from '#functions/profiles/apply-records.ts';
import { batchTally } from '#functions/profiles/tally.ts';
import { Pid } from '#shared/events/event.ts';
import type { StreamRecord } from '#shared/events/stream-record.ts';
import { PersonContentionError } from '#shared/kernel/errors.ts';
import { canonicalState } from '#shared/profiles/canonical.ts';
import { compileSegments } from '#shared/segments/compile.ts';
import { collected, RECEIVED_AT, web } from '#test/support/events.ts';
import { memoryPeople } from '#test/support/memory-people.ts';

const buyers = compileSegments(
  [{ id: 'buyers', name: 'Buyers', condition: { event: { name: 'Order Completed', atLeast: 2 } } }],
  1,
);

type World = ReturnType<typeof memoryPeople> & { readonly quarantined: string[] };

function world(): World {
  return { ...memoryPeople(), quarantined: [] };
}

/** The ports of a λ; `around` lets a test delay each call, or end the λ at one. */
function portsOf(
  { people, identities, quarantined }: World,
  around: <A extends unknown[], R>(
    name: string,
    call: (...args: A) => Promise<R>,
  ) => (...args: A) => Promise<R> = (_, call) => call,
): ApplyPorts {
  let pids = 0;
  const random = Math.floor(Math.random() * 1e12).toString(36);
  return {
    people: {
      findMany: around('findMany', people.findMany),
      findErased: around('findErased', people.findErased),
      findSpilled: around('findSpilled', people.findSpilled),
      spill: around('spill', people.spill),
      findRedriven: around('findRedriven', people.findRedriven),
      keepRedriven: around('keepRedriven', people.keepRedriven),
      findTold: around('findTold', people.findTold),
      keepTimeline: around('keepTimeline', people.keepTimeline),
      joinContact: around('joinContact', people.joinContact),
      write: around('write', people.write),
      merge: around('merge', people.merge),
    },
    identities: {
      owners: around('owners', identities.owners),
      vacate: identities.vacate,
      repoint: around('repoint', identities.repoint),
    },
    definitions: { current: async () => buyers },
    quarantine: { keep: around('keep', async ({ id }) => quarantined.push(id) > 0) },
    giveUpAfterMs: 1,
    tally: batchTally(),
    becomesHot: () => false,
    timeline: 'known',
    newPid: () => Pid.parse(`${random}-${pids++}`),
    now: () => RECEIVED_AT,
    pause: async () => {},
  };
}

const anonymous = ['a1', 'a2', 'a3'];

/** One event, by whom and of what; people share no device, so that no limit is hit. */
const event = fc.record({
  /** A visitor on one of two devices of one of two people. */
  who: fc.constantFrom(
    { anonymousId: 'a1' },
    { anonymousId: 'a2' },
    { anonymousId: 'a3' },
    { userId: 'u1' },
    { userId: 'u1', anonymousId: 'a1' },
    { userId: 'u1', anonymousId: 'a2' },
    { userId: 'u2', anonymousId: 'a3' },
  ),
  what: fc.constantFrom('Viewed', 'Order Completed'),
  at: fc.integer({ min: 1, max: 3 }),
});

type Said = typeof event extends fc.Arbitrary<infer T> ? T : never;

/** The stream's records: requests cut from a history, one record for each of their partition keys. */
function streamOf(
  requests: readonly (readonly Said[])[],
  keyOf = ({ who }: Said): string => ('userId' in who ? who.userId : who.anonymousId),
): readonly KeyedRecords[] {
  let sequence = 0;
  let message = 0;
  const records = requests.flatMap((request) => {
    const events = request.map((said) => ({
      key: keyOf(said),
      event: collected({
        ...said.who,
        event: said.what,
        timestamp: said.at,
        messageId: `m${message++}`,
        properties: { total: 1.1 },
      }),
    }));
    return [...Map.groupBy(events, ({ key }) => key)].map(([partitionKey, ofKey]) => ({
      partitionKey,
      sequenceNumber: String(1000 + sequence++),
      record: {
        v: 1,
        source: web,
        receivedAt: RECEIVED_AT + sequence,
        events: ofKey.map((keyed) => keyed.event),
      } satisfies StreamRecord,
    }));
  });
  return [...Map.groupBy(records, ({ partitionKey }) => partitionKey)].map(([partitionKey, ofKey]) => ({
    stream: 'arn:events',
    partitionKey,
    records: ofKey,
  }));
}

const requests = fc.array(fc.array(event, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 8 });

/** What everybody came to, by any of their identifiers. */
function outcome({ everybody, ownerOf }: World): readonly string[] {
  const people = everybody();
  // every identifier leads to a person who knows it
  for (const key of ['userId#u1', 'userId#u2', ...anonymous.map((id) => `anonymousId#${id}`)]) {
    const owner = ownerOf(key);
    if (owner !== undefined) expect(Object.keys(owner.profile.identifiers)).toContain(key);
  }
  return people.map(canonicalState).sort();
}

/** One λ that is given everything, key after key. */
async function applyAll(stream: readonly KeyedRecords[]): Promise<World> {
  const calm = world();
  for (const keyed of stream) await applyRecords(keyed, portsOf(calm));
  return calm;
}

/** A consumer that keeps what it was told: who is in the segment by the outbox alone. */
function membersByOutbox({ outbox }: World): ReadonlySet<string> {
  const rows = new Map<string, boolean>();
  for (const { pid, mergedInto, transitions } of outbox) {
    if (transitions.exited.includes('buyers')) rows.set(pid, false);
    if (transitions.entered.includes('buyers')) rows.set(pid, true);
    if (transitions.moved.includes('buyers')) rows.set(pid, mergedInto === undefined);
  }
  return new Set([...rows].filter(([, isIn]) => isIn).map(([pid]) => pid));
}

describe('applyRecords', () => {
  it('gives the same people however concurrent λs interleave, and rows that match memberships', async () => {
    await fc.assert(
      fc.asyncProperty(requests, fc.scheduler(), async (said, scheduler) => {
        const stream = streamOf(said);
        const calm = outcome(await applyAll(stream));
        const raced = world();

        const runs = stream.map((keyed) =>
          applyRecords(
            keyed,
            portsOf(raced, (_, call) => scheduler.scheduleFunction(call)),
          ),
        );
        await scheduler.waitIdle();
        await Promise.all(runs);

        expect(outcome(raced)).toEqual(calm);
        const members = raced.everybody().filter(({ activity }) => 'buyers' in activity.segments);
        expect(membersByOutbox(raced)).toEqual(new Set(members.map(({ pid }) => pid)));
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    { name: 'a person', keyOf: undefined },
    // Nothing of ours keys records so, but the marks must not depend on it
    { name: 'several people', keyOf: ({ at }: Said) => `key ${at}` },
  ])('gives the same people when a λ ends at any of its calls, with keys of $name', async ({ keyOf }) => {
    await fc.assert(
      fc.asyncProperty(requests, fc.nat(40), fc.boolean(), async (said, call, after) => {
        const stream = streamOf(said, keyOf);
        const calm = outcome(await applyAll(stream));
        const crashed = world();
        let calls = 0;
        const ports = portsOf(crashed, (_, original) => async (...args) => {
          const dies = calls++ === call;
          if (dies && !after) throw new Error('killed');
          const result = await original(...args);
          if (dies) throw new Error('killed');
          return result;
        });

        for (const keyed of stream) await applyRecords(keyed, ports).catch(() => {});
        for (const keyed of stream) await applyRecords(keyed, portsOf(crashed));

        expect(outcome(crashed)).toEqual(calm);
      }),
      { numRuns: 400 },
    );
  });

  it('applies a message once that a client sends again in another request, however much later', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 60, maxLength: 120 }), async (said) => {
        const first = streamOf([said]);
        const again = streamOf([said]).map((keyed) => ({
          ...keyed,
          records: keyed.records.map((record) => ({
            ...record,
            sequenceNumber: `9${record.sequenceNumber}`,
          })),
        }));
        const calm = await applyAll(first);
        const once = outcome(calm);

        for (const keyed of again) await applyRecords(keyed, portsOf(calm));

        expect(outcome(calm)).toEqual(once);
      }),
      { numRuns: 60 },
    );
  });

  it('reads but does not write when everything was applied before', async () => {
    const stream = streamOf([[{ who: { userId: 'u1', anonymousId: 'a1' }, what: 'Viewed', at: 1 }]]);
    const there = await applyAll(stream);
    const calls: string[] = [];

    const counts = await Promise.all(
      stream.map((keyed) =>
        applyRecords(
          keyed,
          portsOf(there, (name, call) => (...args) => {
            calls.push(name);
            return call(...args);
          }),
        ),
      ),
    );

    expect(calls).toEqual(['owners', 'findMany', 'findTold']);
    expect(counts).toEqual([
      { applied: 0, duplicates: 1, quarantined: 0, givenUp: 0, merges: 0, refused: 0, erased: 0, hot: 0 },
    ]);
  });

  it('sends a record back to the stream when others keep being faster', async () => {
    const there = world();
    const ports = portsOf(there);
    const [keyed] = streamOf([[{ who: { userId: 'u1' }, what: 'Viewed', at: 1 }]]);
    if (keyed === undefined) throw new TypeError('no record');

    const attempt = applyRecords(keyed, {
      ...ports,
      people: { ...ports.people, write: async () => 'conflict' },
    });

    await expect(attempt).rejects.toThrow(PersonContentionError);
  });

  it('quarantines an event addressed to somebody who was never there', async () => {
    const there = world();
    const [keyed] = streamOf([[{ who: { userId: 'u1' }, what: 'Viewed', at: 1 }]]);
    if (keyed === undefined) throw new TypeError('no record');
    const records = keyed.records.map(({ sequenceNumber, record }) => ({
      sequenceNumber,
      record: { ...record, person: { pid: Pid.parse('nobody') } },
    }));

    const counts = await applyRecords({ ...keyed, records }, portsOf(there));

    expect(counts).toMatchObject({ applied: 0, quarantined: 1 });
    expect(there.quarantined).toHaveLength(1);
  });
});
