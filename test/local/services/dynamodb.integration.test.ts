import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ConditionalCheckFailedException,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ResourceNotFoundException,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { openDynamoDb } from '#local/services/dynamodb.ts';
import { item, key, PEOPLE, startEngine, type TestEngine } from '#test/support/local-dynamodb.ts';

let dir: string;
let test: TestEngine;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'dynamodb-'));
  test = await startEngine(dir);
});
afterAll(async () => {
  await test.close();
  rmSync(dir, { recursive: true });
});

describe('tables', () => {
  it('are made as they are described, and made again to no effect', async () => {
    await test.dynamodb.createTable(PEOPLE);

    const { Table } = await test.client.send(new DescribeTableCommand({ TableName: 'people' }));
    const ttl = await test.client.send(new DescribeTimeToLiveCommand({ TableName: 'people' }));

    expect(Table).toMatchObject({
      KeySchema: PEOPLE.KeySchema,
      GlobalSecondaryIndexes: [{ IndexName: 'by-due', Projection: { ProjectionType: 'KEYS_ONLY' } }],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    });
    expect(ttl.TimeToLiveDescription).toMatchObject({ AttributeName: 'ttl', TimeToLiveStatus: 'ENABLED' });
  });

  it('refuse to become other tables', async () => {
    const other = { ...PEOPLE, KeySchema: PEOPLE.KeySchema.slice(0, 1) };

    await expect(test.dynamodb.createTable(other)).rejects.toThrow('table people is there from before');
  });

  it('that are not there are an error of their own', async () => {
    const call = test.client.send(new GetItemCommand({ TableName: 'nothing', Key: key('p') }));

    await expect(call).rejects.toThrow(ResourceNotFoundException);
  });
});

describe('writes', () => {
  it('fail on their condition and return what is there', async () => {
    await test.client.send(new PutItemCommand({ TableName: 'people', Item: item('c1', { n: { N: '1' } }) }));

    const call = test.client.send(
      new PutItemCommand({
        TableName: 'people',
        Item: item('c1', { n: { N: '2' } }),
        ConditionExpression: 'attribute_not_exists(pid)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );

    await expect(call).rejects.toThrow(ConditionalCheckFailedException);
    await expect(call).rejects.toMatchObject({ Item: item('c1', { n: { N: '1' } }) });
  });

  it('in a transaction happen all or not at all, each refusal with its reason', async () => {
    await test.client.send(new PutItemCommand({ TableName: 'people', Item: item('t1') }));

    const call = test.client.send(
      new TransactWriteItemsCommand({
        TransactItems: [
          { Put: { TableName: 'people', Item: item('t2') } },
          {
            Put: {
              TableName: 'people',
              Item: item('t1'),
              ConditionExpression: 'attribute_not_exists(pid)',
              ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
            },
          },
        ],
      }),
    );

    await expect(call).rejects.toThrow(TransactionCanceledException);
    await expect(call).rejects.toMatchObject({
      CancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed', Item: item('t1') }],
    });
    expect(await test.get('t2')).toBeUndefined();
  });

  it('lose no update among many at once', async () => {
    const add = new UpdateItemCommand({
      TableName: 'people',
      Key: key('u1'),
      UpdateExpression: 'ADD n :one',
      ExpressionAttributeValues: { ':one': { N: '1' } },
    });

    await Promise.all(Array.from({ length: 200 }, () => test.client.send(add)));

    expect(await test.get('u1')).toMatchObject({ n: { N: '200' } });
  });

  it('tell what they consumed', async () => {
    const Item = item('k1', { text: { S: 'x'.repeat(2500) } });

    const put = await test.client.send(
      new PutItemCommand({ TableName: 'people', Item, ReturnConsumedCapacity: 'TOTAL' }),
    );
    const read = await test.client.send(
      new GetItemCommand({ TableName: 'people', Key: key('k1'), ReturnConsumedCapacity: 'TOTAL' }),
    );

    expect(put.ConsumedCapacity?.CapacityUnits).toBe(3);
    expect(read.ConsumedCapacity?.CapacityUnits).toBe(0.5);
  });

  it('show in an index', async () => {
    await test.client.send(
      new PutItemCommand({ TableName: 'people', Item: item('i1', { due: { N: '7' }, x: { S: 'y' } }) }),
    );

    const { Items } = await test.client.send(
      new QueryCommand({
        TableName: 'people',
        IndexName: 'by-due',
        KeyConditionExpression: 'due = :due',
        ExpressionAttributeValues: { ':due': { N: '7' } },
      }),
    );

    expect(Items).toEqual([item('i1', { due: { N: '7' } })]);
  });
});

describe('the engine', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('is another one where one is named', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', test.dynamodb.endpoint);
    const forwarding = await openDynamoDb({ dir: join(dir, 'unused') });

    await forwarding.createTable(PEOPLE);

    expect(forwarding.endpoint).toBe(test.dynamodb.endpoint);
    await forwarding.close();
    expect(await test.get('u1')).toBeDefined();
  });

  it('that does not answer is an error which names it', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', 'http://127.0.0.1:1');
    const gone = await openDynamoDb({ dir });

    await expect(gone.createTable(PEOPLE)).rejects.toThrow(
      'the DynamoDB engine at http://127.0.0.1:1 does not answer',
    );
    await gone.close();
  });
});
