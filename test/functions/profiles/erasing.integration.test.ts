import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dynamoErasures } from '#functions/adapters/dynamodb/erasures.ts';
import { dynamoIdentities } from '#functions/adapters/dynamodb/identities.ts';
import { dynamoPeople } from '#functions/adapters/dynamodb/people.ts';
import { type ApplyPorts, applyRecords } from '#functions/profiles/apply-records.ts';
import { type ErasePorts, erasePerson, SETTLE_MS } from '#functions/profiles/erase-person.ts';
import { batchTally } from '#functions/profiles/tally.ts';
import { type CollectedEvent, Pid } from '#shared/events/event.ts';
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
const DAY = 86_400_000;

/** λs and the Admin API over one emulator, whose process may end after any call. */
function stage() {
  let now = RECEIVED_AT;
  let sequence = 1_000;
  let pids = 0;
  const lives = { calls: Number.POSITIVE_INFINITY };
  const client = Object.assign(Object.create(dynamo.documents), {
    send: async (...args: Parameters<typeof dynamo.documents.send>) => {
      const answer = await dynamo.documents.send(...args);
      if (lives.calls-- <= 0) throw new Error('ended');
      return answer;
    },
  });
  const over = { client: dynamo.documents, tableName: 'people' };
  const people = dynamoPeople({
    ...{ ...over, identitiesTable: 'identities', timelineDays: 90, dedupDays: 30 },
    now: () => now,
  });
  const ports: ApplyPorts = {
    people,
    identities: dynamoIdentities(dynamo.documents, 'identities'),
    definitions,
    quarantine: { keep: () => Promise.reject(new Error('nothing is to be quarantined')) },
    timeline: 'all',
    tally: batchTally(),
    becomesHot: () => false,
    giveUpAfterMs: 1,
    newPid: () => Pid.parse(`p${pids++}`),
    now: () => now,
    pause: async () => {},
  };
  const erasing: ErasePorts = {
    people: dynamoPeople({
      ...{ ...over, client, identitiesTable: 'identities', timelineDays: 90, dedupDays: 30 },
      now: () => now,
    }),
    identities: dynamoIdentities(client, 'identities'),
    erasures: dynamoErasures({ client, tableName: 'people' }),
    dedupDays: 30,
    now: () => now,
    pause: async () => {},
  };
  const send = (said: Partial<CollectedEvent>) => {
    now += 1_000;
    sequence += 1;
    const event = collected({ messageId: `m${sequence}`, timestamp: now, ...said });
    const record = { v: 1 as const, source: web, receivedAt: now, events: [event] };
    const records = [{ sequenceNumber: String(sequence), record }];
    return applyRecords({ stream: 'arn:events', partitionKey: `k${sequence}`, records }, ports);
  };
  return {
    people,
    send,
    lives,
    now: () => now,
    pass: (ms: number) => {
      now += ms;
    },
    erase: (pid: string) => erasePerson({ pid: Pid.parse(pid), by: 'u', isAllowed: () => true }, erasing),
    async items(TableName: string) {
      const { Items = [] } = await dynamo.documents.send(
        new ScanCommand({ TableName, ConsistentRead: true }),
      );
      return Items;
    },
  };
}

/** `p0` is Ada, who absorbed `p1`; `p2` is Bob. */
async function withAda() {
  const there = stage();
  await there.send({ userId: 'ada', anonymousId: 'a1' });
  await there.send({ anonymousId: 'a2' });
  await there.send({ userId: 'ada', anonymousId: 'a2', type: 'identify', traits: { email: 'a@b.fr' } });
  await there.send({ userId: 'bob' });
  await there.people.spill(Pid.parse('p0'), [[1, 'x']]);
  await there.people.keepRedriven(Pid.parse('p1'), ['y']);
  return there;
}

describe('a person in DynamoDB', () => {
  it('is erased, also by calls that end after any of their own', async () => {
    for (let calls = 0; ; calls++) {
      await emptyTables(dynamo.documents, ['people', 'identities']);
      const there = await withAda();
      const erasedAt = there.now();
      there.lives.calls = calls;
      const wasBroken = await there.erase('p0').then(
        () => false,
        () => true,
      );
      there.lives.calls = Number.POSITIVE_INFINITY;
      await there.erase('p0');
      there.pass(SETTLE_MS);
      // so late that it would settle, and broken off as well
      there.lives.calls = calls;
      await there.erase('p0').catch(() => {});
      there.lives.calls = Number.POSITIVE_INFINITY;
      await there.erase('p0');

      const left = (await there.items('people')).filter(({ pid }) => pid !== 'p2');
      expect(left.map(({ pid, sk }) => `${pid} ${sk}`).sort()).toEqual([
        'p0 !activity',
        'p0 !profile',
        'p1 !activity',
        'p1 !profile',
      ]);
      expect(JSON.stringify(left)).not.toMatch(/ada|a@b/);
      const rows = (await there.items('identities')).filter(({ pid }) => pid !== 'p2');
      expect(rows).toHaveLength(4);
      for (const row of rows) {
        expect(row).toMatchObject({ erasedAt, ttl: Math.ceil((erasedAt + 90 * DAY) / 1000) });
      }
      expect(await there.send({ userId: 'ada', timestamp: erasedAt })).toMatchObject({ erased: 1 });
      expect(await there.send({ userId: 'ada' })).toMatchObject({ applied: 1, erased: 0 });
      if (!wasBroken) {
        expect(calls).toBeGreaterThan(8);
        return;
      }
    }
  });

  it('is somebody new by what happens later, and stays so whatever comes late', async () => {
    const there = await withAda();
    const happenedAt = there.now();
    await there.erase('p0');

    await there.send({ userId: 'ada', anonymousId: 'a1' });
    for (const said of [{ userId: 'ada' }, { anonymousId: 'a1' }, { anonymousId: 'a2' }]) {
      expect(await there.send({ ...said, timestamp: happenedAt })).toMatchObject({ applied: 0, erased: 1 });
    }

    const row = (await there.items('identities')).find(({ identifier }) => identifier === 'main#userId#ada');
    expect(row).toEqual({ identifier: 'main#userId#ada', pid: 'p3', erasedAt: happenedAt });
    const next = (await there.people.findMany([Pid.parse('p3')], { consistent: true })).values().next().value;
    expect(next?.activity.events).toMatchObject({ Viewed: { count: 1 } });
  });
});
