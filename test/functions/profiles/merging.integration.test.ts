import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dynamoIdentities } from '#functions/adapters/dynamodb/identities.ts';
import { dynamoMerges } from '#functions/adapters/dynamodb/merges.ts';
import { dynamoPeople } from '#functions/adapters/dynamodb/people.ts';
import { dynamoTimelineReader } from '#functions/adapters/dynamodb/timeline-reader.ts';
import { type ApplyPorts, applyRecords } from '#functions/profiles/apply-records.ts';
import { batchTally } from '#functions/profiles/tally.ts';
import { unmergePair } from '#functions/profiles/unmerge-pair.ts';
import { type CollectedEvent, Pid } from '#shared/events/event.ts';
import { identityRow } from '#shared/identity/identifier.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { canonicalState } from '#shared/profiles/canonical.ts';
import { findOwners } from '#shared/profiles/kin.ts';
import { absorbedBy } from '#shared/profiles/profile.ts';
import { eventTotal } from '#shared/profiles/unmerge-counts.ts';
import { compileSegments } from '#shared/segments/compile.ts';
import { startDynamoDb, type TestDynamoDb } from '#test/support/dynamodb.ts';
import { emptyTables } from '#test/support/empty-tables.ts';
import { collected, RECEIVED_AT, web } from '#test/support/events.ts';

let dynamo: TestDynamoDb;
beforeAll(async () => {
  dynamo = await startDynamoDb();
});
afterAll(() => dynamo.close());
beforeEach(() => emptyTables(dynamo.documents, ['people', 'identities']));

const definitions = { current: async () => compileSegments([], 1) };

/** λs over the emulator: as many at once as a test has partition keys. */
function river() {
  let now = RECEIVED_AT;
  let sequence = 1_000;
  let messages = 0;
  const people = dynamoPeople({
    client: dynamo.documents,
    tableName: 'people',
    identitiesTable: 'identities',
    timelineDays: 90,
    dedupDays: 30,
    now: () => now,
  });
  const identities = dynamoIdentities(dynamo.documents, 'identities');
  const merges = dynamoMerges({ client: dynamo.documents, tableName: 'people' });
  let pids = 0;
  const ports: ApplyPorts = {
    people,
    identities,
    definitions,
    quarantine: { keep: () => Promise.reject(new Error('nothing is to be quarantined')) },
    timeline: 'all',
    giveUpAfterMs: 1,
    tally: batchTally(),
    becomesHot: () => false,
    newPid: () => Pid.parse(`p${pids++}`),
    now: () => now,
    pause: (attempt) => new Promise((resolve) => setTimeout(resolve, Math.random() * 5 * 2 ** attempt)),
  };
  const record = (partitionKey: string, said: readonly Partial<CollectedEvent>[]) => {
    now += 1_000;
    const events = said.map((one) => collected({ messageId: `m${messages++}`, timestamp: now, ...one }));
    return {
      stream: 'arn:events',
      partitionKey,
      records: [
        {
          sequenceNumber: String(sequence++),
          record: { v: 1 as const, source: web, receivedAt: now, events },
        },
      ],
    };
  };
  return {
    people,
    merges,
    ports,
    record,
    apply: (keyed: ReturnType<typeof record>) => applyRecords(keyed, ports),
    send: (...events: readonly Partial<CollectedEvent>[]) => applyRecords(record('k', events), ports),
    async find(key: string): Promise<Person> {
      const [owner] = await findOwners([identityRow('main', key)], { people, identities });
      if (owner === undefined) throw new TypeError(`nobody has ${key}`);
      return owner;
    },
    unmerge: (pid: Pid, absorbed: Pid) =>
      unmergePair(
        { pid, absorbed, by: 'u', isAllowed: () => true },
        { people, merges, identities, definitions, now: () => now, pause: ports.pause },
      ),
    timeline: dynamoTimelineReader({ client: dynamo.documents, tableName: 'people' }),
    messages: () => messages,
  };
}

const count = (n: number, prefix: string) => Array.from({ length: n }, (_, index) => `${prefix}${index}`);

describe('people in DynamoDB', () => {
  it('become one of a thousand anonymous ids, and two again', async () => {
    const there = river();
    const email = 'ada@example.com';
    await there.send(...count(500, 'a').map((anonymousId) => ({ userId: 'ada', anonymousId })));
    await there.send(
      ...count(500, 'b').map((anonymousId) => ({
        anonymousId,
        type: 'identify' as const,
        traits: { email },
      })),
    );
    const [ada, other] = [await there.find('userId#ada'), await there.find('anonymousId#b0')];
    expect(ada.pid).not.toBe(other.pid);

    expect(await there.send({ userId: 'ada', type: 'identify', traits: { email } })).toMatchObject({
      merges: 1,
    });

    const one = await there.find('anonymousId#b499');
    expect(one.pid).toBe(ada.pid);
    expect(Object.keys(one.profile.identifiers)).toHaveLength(1002);
    expect(eventTotal(one.activity)).toBe(1001);

    expect(await there.unmerge(ada.pid, other.pid)).toMatchObject({
      kind: 'unmerged',
      parting: { inseparable: { events: 1 } },
    });

    const [left, back] = [await there.find('userId#ada'), await there.find('anonymousId#b250')];
    expect(back.pid).toBe(other.pid);
    expect(canonicalState(back)).toBe(canonicalState(other));
    expect(Object.keys(left.profile.identifiers)).toHaveLength(501);
    const rows = await there.ports.identities.owners(
      count(500, 'b').map((id) => identityRow('main', `anonymousId#${id}`)),
      { consistent: true },
    );
    expect(new Set([...rows.values()].map(({ pid }) => pid))).toEqual(new Set([other.pid]));
  });

  it('keep each event in one person while merges race each other and events', async () => {
    const there = river();
    const names = ['a', 'b', 'c', 'd'];
    const mail = (anonymousId: string, email: string) => ({
      anonymousId,
      type: 'identify' as const,
      traits: { email: `${email}@example.com` },
    });
    for (let round = 0; round < 6; round++) {
      const [a = '', b = '', c = '', d = ''] = names.map((name) => `${name}${round}`);
      for (const id of [a, b, c, d]) await there.send({ anonymousId: id });
      for (const [id, email] of [
        [a, `ab${round}`],
        [b, `bc${round}`],
        [c, `cd${round}`],
      ] as const) {
        await there.send(mail(id, email));
      }
      const before = there.messages();

      const records = [
        mail(b, `ab${round}`),
        mail(c, `bc${round}`),
        mail(d, `cd${round}`),
        { anonymousId: a },
        { anonymousId: b },
        { anonymousId: d },
      ].map((said, key) => there.record(`k${key}`, [said]));
      const settled = await Promise.allSettled(records.map(there.apply));
      for (const [index, { status }] of settled.entries()) {
        const keyed = records[index];
        if (status === 'rejected' && keyed !== undefined) await there.apply(keyed);
      }

      const people = await Promise.all([a, b, c, d].map((id) => there.find(`anonymousId#${id}`)));
      expect(new Set(people.map(({ pid }) => pid)).size).toBe(1);
      expect(people.map(({ activity }) => eventTotal(activity))).toEqual([13, 13, 13, 13]);
      expect(there.messages() - before).toBe(6);
      const [person] = people;
      expect(person && absorbedBy(person.profile)).toHaveLength(3);
    }
  });

  it('keep each event in one person while an un-merge races events of both', async () => {
    const there = river();
    for (let round = 0; round < 6; round++) {
      const [a, b] = [`a${round}`, `b${round}`];
      await there.send({ anonymousId: a });
      await there.send({ anonymousId: b });
      await there.send({ userId: a, anonymousId: a });
      await there.send({ userId: a, anonymousId: b });
      const one = await there.find(`anonymousId#${b}`);
      const [absorbed] = absorbedBy(one.profile);
      if (absorbed === undefined) throw new TypeError('nobody was absorbed');

      const records = [
        { anonymousId: a },
        { anonymousId: b },
        { anonymousId: b },
        { userId: a, anonymousId: b },
      ].map((said, key) => there.record(`k${key}`, [said]));
      const [undone, ...settled] = await Promise.allSettled([
        there.unmerge(one.pid, absorbed),
        ...records.map(there.apply),
      ]);
      for (const [index, { status }] of settled.entries()) {
        const keyed = records[index];
        if (status === 'rejected' && keyed !== undefined) await there.apply(keyed);
      }

      expect(undone).toMatchObject({ status: 'fulfilled', value: { kind: 'unmerged' } });
      const [left, right] = [await there.find(`anonymousId#${a}`), await there.find(`anonymousId#${b}`)];
      expect([left.pid, right.pid]).toEqual([one.pid, absorbed]);
      expect(eventTotal(left.activity) + eventTotal(right.activity)).toBe(8);
    }
  });

  it('show their events page by page through merges, and each their own after an un-merge', async () => {
    const there = river();
    const names = count(4, 'v');
    for (let n = 0; n < 30; n++) {
      for (const anonymousId of names) await there.send({ anonymousId, event: `${anonymousId} ${n}` });
    }
    for (const anonymousId of names)
      await there.send({ userId: 'ada', anonymousId, event: `joins ${anonymousId}` });
    const read = async (pids: readonly Pid[]): Promise<readonly (readonly string[])[]> => {
      const pages: (readonly string[])[] = [];
      let before: string | undefined;
      do {
        const { events, next } = await there.timeline.newest(pids, { before, limit: 20 });
        pages.push(events.map(({ name }) => name));
        before = next;
      } while (before !== undefined);
      return pages;
    };
    const pidsOf = ({ pid, profile }: Person) => [pid, ...absorbedBy(profile)];
    const sent = [
      ...Array.from({ length: 30 }, (_, n) => names.map((name) => `${name} ${n}`)).flat(),
      ...names.map((name) => `joins ${name}`),
    ].toReversed();

    const ada = await there.find('userId#ada');
    const pages = await read(pidsOf(ada));
    expect(absorbedBy(ada.profile)).toHaveLength(3);
    expect(pages.flat()).toEqual(sent);
    expect(pages.length).toBeGreaterThan(5);

    const [absorbed] = absorbedBy(ada.profile);
    if (absorbed === undefined) throw new TypeError('nobody was absorbed');
    await there.unmerge(ada.pid, absorbed);
    const back = (await there.people.findMany([absorbed], { consistent: true })).get(absorbed);
    const left = await there.find('userId#ada');
    const [name] = Object.keys(back?.profile.identifiers ?? {}).map((key) => key.split('#')[1] ?? '');

    const theirs = sent.filter((event) => event.startsWith(`${name} `));
    expect(back && (await read(pidsOf(back))).flat()).toEqual(theirs);
    expect((await read(pidsOf(left))).flat()).toEqual(sent.filter((event) => !theirs.includes(event)));
  });

  it('reaches the survivor with feedback on a message to somebody who was absorbed, however often', async () => {
    const there = river();
    for (const anonymousId of ['x', 'y', 'z']) await there.send({ anonymousId });
    const written = (await there.find('anonymousId#z')).pid;
    await there.send({ userId: 'zoe', anonymousId: 'z' });
    await there.send({ anonymousId: 'y', type: 'identify', traits: { email: 'y@example.com' } });
    await there.send({ userId: 'zoe', type: 'identify', traits: { email: 'y@example.com' } });
    await there.send({ userId: 'zoe', anonymousId: 'x' });
    const keyed = there.record(written, [
      { event: 'Email Opened', properties: { campaign_id: 'c', email: 'y@example.com' } },
    ]);

    await there.apply({
      ...keyed,
      records: keyed.records.map(({ sequenceNumber, record }) => ({
        sequenceNumber,
        record: { ...record, person: { pid: written } },
      })),
    });

    const survivor = await there.find('userId#zoe');
    expect((await there.merges.tombstones([written])).get(written)?.mergedInto).not.toBe(survivor.pid);
    expect(survivor.activity.events['Email Opened']).toMatchObject({ count: 1 });
    const { Items = [] } = await dynamo.documents.send(
      new QueryCommand({
        TableName: 'people',
        KeyConditionExpression: 'pid = :pid AND begins_with(sk, :hot)',
        ExpressionAttributeValues: { ':pid': written, ':hot': '!' },
      }),
    );
    expect(Items.map(({ sk, mergedInto }) => [sk, typeof mergedInto])).toEqual([
      ['!activity', 'string'],
      ['!profile', 'string'],
    ]);
  });
});
