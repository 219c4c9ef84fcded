import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  CreateTableCommand,
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type MeteredDynamoDb, startMeteredDynamoDb } from '#bench/metered-dynamodb.ts';

/** An item of so many bytes: the names of its three attributes are six of them. */
const item = (pid: string, sk: string, bytes: number) => ({
  pid: { S: pid },
  sk: { S: sk },
  x: { S: 'x'.repeat(bytes - 6 - pid.length - sk.length) },
});
const put = (pid: string, sk: string, bytes: number) => ({ TableName: 'people', Item: item(pid, sk, bytes) });

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html */
describe('what DynamoDB bills for, as the engine reports it and the meter splits it', () => {
  const dir = mkdtempSync(join(tmpdir(), 'tributary-meter-'));
  let meter: MeteredDynamoDb;
  let client: DynamoDBClient;

  beforeAll(async () => {
    meter = await startMeteredDynamoDb(join(dir, 'dynamodb.sqlite'));
    client = new DynamoDBClient({
      endpoint: meter.endpoint,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    });
    for (const [TableName, keys] of [
      ['people', ['pid', 'sk']],
      ['identities', ['identifier']],
    ] as const) {
      await client.send(
        new CreateTableCommand({
          TableName,
          BillingMode: 'PAY_PER_REQUEST',
          KeySchema: keys.map((name, at) => ({ AttributeName: name, KeyType: at === 0 ? 'HASH' : 'RANGE' })),
          AttributeDefinitions: [...keys, ...(TableName === 'people' ? ['due'] : [])].map((name) => ({
            AttributeName: name,
            AttributeType: 'S',
          })),
          ...(TableName === 'people' && {
            GlobalSecondaryIndexes: [
              {
                IndexName: 'by-due',
                KeySchema: [{ AttributeName: 'due', KeyType: 'HASH' }],
                Projection: { ProjectionType: 'KEYS_ONLY' },
              },
            ],
          }),
        }),
      );
    }
  });
  beforeEach(() => void meter.take());
  afterAll(async () => {
    client.destroy();
    await meter.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it.each([
    [1, 1024],
    [2, 1025],
    [2, 2048],
    [3, 2049],
  ])('a write costs a unit for each kilobyte begun: %i for %i bytes', async (units, bytes) => {
    await client.send(new PutItemCommand(put(`p-${bytes}`, '!activity', bytes)));

    expect(meter.take()).toMatchObject({ write: { activity: units, profile: 0 }, unexplained: 0 });
  });

  it('a write over a larger item costs what the larger one does', async () => {
    await client.send(new PutItemCommand(put('shrinks', '!activity', 3000)));
    meter.take();

    await client.send(new PutItemCommand(put('shrinks', '!activity', 100)));

    expect(meter.take()).toMatchObject({ write: { activity: 3 }, unexplained: 0 });
  });

  it('a write costs twice as much in a transaction, each item by its own size', async () => {
    const Identity = { TableName: 'identities', Item: { identifier: { S: 'userId#1' }, pid: { S: 'two' } } };

    await client.send(
      new TransactWriteItemsCommand({
        TransactItems: [
          { Put: put('two', '!activity', 1024) },
          { Put: put('two', '!profile', 1025) },
          { Put: Identity },
        ],
      }),
    );

    expect(meter.take()).toMatchObject({
      write: { activity: 2, profile: 4, identities: 2 },
      unexplained: 0,
    });
  });

  it('writes of a batch cost what they cost alone', async () => {
    await client.send(
      new BatchWriteItemCommand({
        RequestItems: {
          people: [1500, 3000].map((bytes) => ({
            PutRequest: { Item: item('batch', `event#${bytes}`, bytes) },
          })),
        },
      }),
    );

    expect(meter.take()).toMatchObject({ write: { timeline: 5 }, unexplained: 0 });
  });

  it('an update costs the size of the item that comes of it', async () => {
    const add = (id: string) =>
      new UpdateItemCommand({
        TableName: 'people',
        Key: { pid: { S: 'old' }, sk: { S: 'seen#1' } },
        UpdateExpression: 'ADD ids :ids',
        ExpressionAttributeValues: { ':ids': { SS: [id] } },
      });
    await client.send(add('a'.repeat(1000)));
    expect(meter.take().write.spill).toBe(1);

    await client.send(add('b'.repeat(100)));

    expect(meter.take().write.spill).toBe(2);
  });

  it('an index costs a unit of its own where its keys change', async () => {
    const due = (day: string) =>
      new PutItemCommand({
        TableName: 'people',
        Item: { ...item('due', '!activity', 100), due: { S: day } },
      });

    await client.send(due('1'));
    expect(meter.take()).toMatchObject({ write: { activity: 1 }, index: 1 });

    await client.send(due('2'));
    expect(meter.take()).toMatchObject({ write: { activity: 1 }, index: 2 });
  });

  it('a write that its condition refuses is counted at what it would have cost', async () => {
    await client.send(new PutItemCommand(put('there', '!activity', 1500)));
    meter.take();
    const again = { ...put('there', '!activity', 100), ConditionExpression: 'attribute_not_exists(pid)' };

    await expect(client.send(new PutItemCommand(again))).rejects.toThrow('conditional');
    await expect(
      client.send(new TransactWriteItemsCommand({ TransactItems: [{ Put: again }] })),
    ).rejects.toThrow('cancelled');

    expect(meter.take()).toMatchObject({ write: { activity: 2 + 4 }, refused: 2 });
  });

  it('a query costs half a unit for each four kilobytes begun of all that it reads, a whole one if consistent', async () => {
    await client.send(new PutItemCommand(put('read', '!activity', 1000)));
    await client.send(new PutItemCommand(put('read', '!profile', 3097)));
    meter.take();
    const query = {
      TableName: 'people',
      KeyConditionExpression: 'pid = :pid AND begins_with(sk, :hot)',
      ExpressionAttributeValues: { ':pid': { S: 'read' }, ':hot': { S: '!' } },
    };

    await client.send(new QueryCommand(query));
    expect(meter.take().read.activity).toBe(1);

    await client.send(new QueryCommand({ ...query, ConsistentRead: true }));
    expect(meter.take().read.activity).toBe(2);
  });

  it('a batch of reads costs by item, those that are not there included', async () => {
    const Keys = ['there', 'nobody'].map((name) => ({ identifier: { S: `userId#${name}` } }));

    await client.send(new BatchGetItemCommand({ RequestItems: { identities: { Keys } } }));
    expect(meter.take().read.identities).toBe(1);

    await client.send(
      new BatchGetItemCommand({ RequestItems: { identities: { Keys, ConsistentRead: true } } }),
    );
    expect(meter.take().read.identities).toBe(2);
  });
});
