import { gunzipSync } from 'node:zlib';
import { GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamoConflictList } from '#functions/adapters/dynamodb/conflict-list.ts';
import { dynamoDueIndex } from '#functions/adapters/dynamodb/due-index.ts';
import { dynamoErasures } from '#functions/adapters/dynamodb/erasures.ts';
import { dynamoIdentities } from '#functions/adapters/dynamodb/identities.ts';
import { dynamoMerges } from '#functions/adapters/dynamodb/merges.ts';
import { dynamoPeople } from '#functions/adapters/dynamodb/people.ts';
import { dynamoPeopleReader } from '#functions/adapters/dynamodb/people-reader.ts';
import { Pid } from '#shared/events/event.ts';
import { fingerprint } from '#shared/kernel/fingerprint.ts';
import type { SeenId } from '#shared/profiles/activity.ts';
import { conflictListContract } from '#test/contract/conflict-list.ts';
import { dueIndexContract } from '#test/contract/due-index.ts';
import { erasureRepositoryContract } from '#test/contract/erasure-repository.ts';
import { mergeRepositoryContract } from '#test/contract/merge-repository.ts';
import { peopleRepositoryContract } from '#test/contract/people-repository.ts';
import { startDynamoDb, type TestDynamoDb } from '#test/support/dynamodb.ts';
import { emptyTables } from '#test/support/empty-tables.ts';
import { normalised, RECEIVED_AT } from '#test/support/events.ts';
import { mergeWrite, person } from '#test/support/person.ts';
import { newChunks } from '#test/support/timeline.ts';

let dynamo: TestDynamoDb;
beforeAll(async () => {
  dynamo = await startDynamoDb();
});
afterAll(() => dynamo.close());

const create = async () => {
  await emptyTables(dynamo.documents, ['people', 'identities']);
  return {
    people: dynamoPeople({
      client: dynamo.documents,
      tableName: 'people',
      identitiesTable: 'identities',
      timelineDays: 90,
      dedupDays: 30,
      now: () => RECEIVED_AT,
    }),
    identities: dynamoIdentities(dynamo.documents, 'identities'),
    conflicts: dynamoConflictList({ client: dynamo.documents, tableName: 'people' }),
    due: dynamoDueIndex({ client: dynamo.documents, tableName: 'people' }),
    merges: dynamoMerges({ client: dynamo.documents, tableName: 'people' }),
    erasures: dynamoErasures({ client: dynamo.documents, tableName: 'people' }),
  };
};

peopleRepositoryContract('the DynamoDB repository', create);
conflictListContract('the list on DynamoDB', create);
mergeRepositoryContract('the DynamoDB repository', create);
erasureRepositoryContract('the DynamoDB repository', create);
dueIndexContract('the index on DynamoDB', create);

describe('dynamoPeople', () => {
  const ada = Pid.parse('ada');

  it('keeps a chunk of the timeline compressed, until its days are over', async () => {
    const { people } = await create();

    await people.keepTimeline(newChunks(ada, '7', [{ event: normalised({ event: 'Viewed' }), index: 0 }]));

    const { Items = [] } = await dynamo.documents.send(
      new QueryCommand({
        TableName: 'people',
        KeyConditionExpression: 'pid = :pid',
        ExpressionAttributeValues: { ':pid': ada },
      }),
    );
    const [item] = Items;
    expect(item).toMatchObject({
      sk: 'event#1970-01-01T00:00:01.000Z#7-0',
      ttl: RECEIVED_AT / 1000 + 90 * 86_400,
    });
    expect(JSON.parse(gunzipSync(item?.events).toString())).toMatchObject([
      { name: 'Viewed', messageId: 'm1' },
    ]);
  });

  it('keeps the earliest time of what came of a message, in whatever order it is told, and begins none that is gone', async () => {
    const { people } = await create();
    const contact = { pid: ada, id: 'c1', field: 'opened' } as const;
    await dynamo.documents.send(
      new PutCommand({ TableName: 'people', Item: { pid: ada, sk: 'contact#c1' } }),
    );

    for (const at of [8, 9, 7, 8]) await people.joinContact({ ...contact, at });
    await people.joinContact({ ...contact, id: 'gone', at: 9 });

    const read = async (sk: string) =>
      (await dynamo.documents.send(new GetCommand({ TableName: 'people', Key: { pid: ada, sk } }))).Item;
    expect(await read('contact#c1')).toEqual({ pid: ada, sk: 'contact#c1', opened: 7 });
    expect(await read('contact#gone')).toBeUndefined();
  });

  it('carries the outbox in the write that causes a transition and in no other', async () => {
    const { people } = await create();
    const read = async () =>
      (
        await dynamo.documents.send(
          new GetCommand({ TableName: 'people', Key: { pid: ada, sk: '!activity' } }),
        )
      ).Item;
    const transitions = { n: 1, at: 5, entered: ['vip'], exited: [], moved: [] };

    await people.write({ person: person(ada), profileChanged: true, claims: [], transitions });
    expect((await read())?.out).toEqual(transitions);

    await people.write({
      person: person(ada, { activity: { version: 2 } }),
      profileChanged: false,
      claims: [],
    });
    expect((await read())?.out).toBeUndefined();
  });

  it('leaves out somebody who cannot be read only for those who ask for it', async () => {
    const { people } = await create();
    await people.write({ person: person(ada), profileChanged: true, claims: [] });
    const broken = { pid: 'broken', sk: '!activity', version: 1, state: '{}' };
    await dynamo.documents.send(new PutCommand({ TableName: 'people', Item: broken }));
    await dynamo.documents.send(
      new PutCommand({
        TableName: 'people',
        Item: { pid: 'broken', sk: '!profile', version: 1, profile: '{}' },
      }),
    );
    const pids = [ada, Pid.parse('broken')];
    const faults: unknown[] = [];

    const lenient = dynamoPeopleReader(dynamo.documents, 'people', {
      onUnreadable: (fault) => faults.push(fault),
    });

    await expect(people.findMany(pids)).rejects.toThrow();
    expect([...(await lenient.findMany(pids)).keys()]).toEqual([ada]);
    expect(faults).toHaveLength(1);
  });

  it('reads many people at once, merged ones included', async () => {
    const { people } = await create();
    const pids = Array.from({ length: 120 }, (_, index) => Pid.parse(`p${index}`));
    for (const pid of pids) await people.write({ person: person(pid), profileChanged: true, claims: [] });
    await people.merge(
      mergeWrite({
        winner: person('p0', { activity: { version: 2, profileVersion: 2 } }),
        loser: person('p1'),
        at: 1,
      }),
    );

    const found = await people.findMany([...pids, Pid.parse('nobody')]);

    expect(found.size).toBe(120);
    expect(found.get(Pid.parse('p1'))?.pid).toBe('p0');
  });
});

describe('the spill in the table', () => {
  const ada = Pid.parse('ada');

  it('keeps each node to an item of four write units, until the horizon of its latest id is over', async () => {
    const { people } = await create();
    const ids = Array.from({ length: 2_000 }, (_, n): SeenId => [n, fingerprint(`m${n}`)]);

    for (let at = 0; at < ids.length; at += 100) await people.spill(ada, ids.slice(at, at + 100));

    const { Items = [] } = await dynamo.documents.send(
      new QueryCommand({
        TableName: 'people',
        KeyConditionExpression: 'pid = :pid AND begins_with(sk, :seen)',
        ExpressionAttributeValues: { ':pid': ada, ':seen': 'seen#' },
      }),
    );
    const sizes = Items.map(({ pid, sk, ids: held = new Set() }) =>
      [pid, sk, ...held].reduce((sum: number, text: string) => sum + text.length + 3, 40),
    );
    expect(Items.length).toBeGreaterThan(60);
    expect(Math.max(...sizes)).toBeLessThan(4_096);
    const promised = (RECEIVED_AT + 30 * 86_400_000) / 1000;
    expect(Math.min(...Items.map(({ ttl }) => ttl))).toBeGreaterThanOrEqual(promised);
    const root = Items.find(({ sk }) => sk === 'seen#0');
    expect(root).toMatchObject({ full: true });
    expect(root?.ttl).toBeGreaterThanOrEqual(promised + 30 * 86_400);
  });

  it('writes nothing to a closed node that is kept for long enough', async () => {
    const { people } = await create();
    const ids = Array.from({ length: 300 }, (_, n): SeenId => [n, fingerprint(`m${n}`)]);
    await people.spill(ada, ids);
    const read = async () =>
      (await dynamo.documents.send(new GetCommand({ TableName: 'people', Key: { pid: ada, sk: 'seen#0' } })))
        .Item;
    const before = await read();

    await people.spill(ada, [[1, fingerprint('one more')]]);

    expect(await read()).toEqual(before);
    expect(before?.ids).toBeUndefined();
  });
});
