import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ResourceNotFoundException,
  ScanCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { type DynamoDb, openDynamoDb, type TableSpec } from '#local/services/dynamodb.ts';
import { startTestGate, type TestGate } from '#test/support/gate.ts';

const PEOPLE: TableSpec = {
  TableName: 'people',
  KeySchema: [
    { AttributeName: 'pid', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ],
  AttributeDefinitions: [
    { AttributeName: 'sk', AttributeType: 'S' },
    { AttributeName: 'pid', AttributeType: 'S' },
    { AttributeName: 'due', AttributeType: 'N' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'by-due',
      KeySchema: [{ AttributeName: 'due', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
  ],
  StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
  TimeToLiveSpecification: { Enabled: true, AttributeName: 'ttl' },
};

const NOW = 1_800_000_000;
const key = (pid: string, sk = '!profile') => ({ pid: { S: pid }, sk: { S: sk } });
const item = (pid: string, more = {}) => ({ ...key(pid), ...more });

let dir: string;
let dynamodb: DynamoDb;
let gate: TestGate;
let client: DynamoDBClient;

async function open(): Promise<void> {
  dynamodb = await openDynamoDb({ dir });
  await dynamodb.createTable(PEOPLE);
  gate = await startTestGate({ services: { dynamodb: dynamodb.service } });
  client = new DynamoDBClient(gate.asOperator());
}

async function close(): Promise<void> {
  client.destroy();
  await gate.close();
  await dynamodb.close();
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'dynamodb-'));
  await open();
});
afterAll(async () => {
  await close();
  rmSync(dir, { recursive: true });
});

const get = async (pid: string, sk?: string) =>
  (await client.send(new GetItemCommand({ TableName: 'people', Key: key(pid, sk), ConsistentRead: true })))
    .Item;

describe('tables', () => {
  it('are made as they are described, and made again to no effect', async () => {
    await dynamodb.createTable(PEOPLE);

    const { Table } = await client.send(new DescribeTableCommand({ TableName: 'people' }));
    const ttl = await client.send(new DescribeTimeToLiveCommand({ TableName: 'people' }));

    expect(Table).toMatchObject({
      KeySchema: PEOPLE.KeySchema,
      GlobalSecondaryIndexes: [{ IndexName: 'by-due', Projection: { ProjectionType: 'KEYS_ONLY' } }],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    });
    expect(ttl.TimeToLiveDescription).toMatchObject({ AttributeName: 'ttl', TimeToLiveStatus: 'ENABLED' });
  });

  it('refuse to become other tables', async () => {
    const other = { ...PEOPLE, KeySchema: PEOPLE.KeySchema.slice(0, 1) };

    await expect(dynamodb.createTable(other)).rejects.toThrow('table people is there from before');
  });

  it('that are not there are an error of their own', async () => {
    const call = client.send(new GetItemCommand({ TableName: 'nothing', Key: key('p') }));

    await expect(call).rejects.toThrow(ResourceNotFoundException);
  });
});

describe('writes', () => {
  it('fail on their condition and return what is there', async () => {
    await client.send(new PutItemCommand({ TableName: 'people', Item: item('c1', { n: { N: '1' } }) }));

    const call = client.send(
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
    await client.send(new PutItemCommand({ TableName: 'people', Item: item('t1') }));

    const call = client.send(
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
    expect(await get('t2')).toBeUndefined();
  });

  it('lose no update among many at once', async () => {
    const add = new UpdateItemCommand({
      TableName: 'people',
      Key: key('u1'),
      UpdateExpression: 'ADD n :one',
      ExpressionAttributeValues: { ':one': { N: '1' } },
    });

    await Promise.all(Array.from({ length: 200 }, () => client.send(add)));

    expect(await get('u1')).toMatchObject({ n: { N: '200' } });
  });

  it('tell what they consumed', async () => {
    const Item = item('k1', { text: { S: 'x'.repeat(2500) } });

    const put = await client.send(
      new PutItemCommand({ TableName: 'people', Item, ReturnConsumedCapacity: 'TOTAL' }),
    );
    const read = await client.send(
      new GetItemCommand({ TableName: 'people', Key: key('k1'), ReturnConsumedCapacity: 'TOTAL' }),
    );

    expect(put.ConsumedCapacity?.CapacityUnits).toBe(3);
    expect(read.ConsumedCapacity?.CapacityUnits).toBe(0.5);
  });

  it('show in an index', async () => {
    await client.send(
      new PutItemCommand({ TableName: 'people', Item: item('i1', { due: { N: '7' }, x: { S: 'y' } }) }),
    );

    const { Items } = await client.send(
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

describe('expiry', () => {
  it('deletes what is due, and only that', async () => {
    const puts = [
      item('e1', { ttl: { N: String(NOW - 1) } }),
      item('e2', { ttl: { N: String(NOW + 1) } }),
      item('e3', { ttl: { S: String(NOW - 1) } }),
      item('e4', { ttl: { N: '1' } }),
    ];
    await client.send(
      new BatchWriteItemCommand({ RequestItems: { people: puts.map((Item) => ({ PutRequest: { Item } })) } }),
    );

    await dynamodb.sweep(NOW);

    const left = await Promise.all(['e1', 'e2', 'e3', 'e4'].map((pid) => get(pid)));
    // A date more than five years back is taken for a mistake, and a string for no date at all.
    expect(left.map((found) => found?.pid?.S)).toEqual([undefined, 'e2', 'e3', 'e4']);
  });

  it('shows on the stream as the doing of the service, unlike a deletion', async () => {
    const expired = (await streamOf('people')).filter((record) => record.eventName === 'REMOVE');

    expect(expired).toMatchObject([
      {
        userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
        dynamodb: { Keys: key('e1') },
      },
    ]);
  });

  it('finds what is due by an index, not by reading the table', () => {
    const plan = explain(
      `SELECT item_json FROM "people" WHERE CAST(json_extract(item_json, '$."ttl".N') AS INTEGER) > 1 AND
       CAST(json_extract(item_json, '$."ttl".N') AS INTEGER) <= 2 LIMIT 10`,
    );

    expect(plan).toContain('USING INDEX local_expiry_people');
  });
});

describe('the stream', () => {
  it('finds its last number by an index, however long it is', () => {
    const last = `SELECT MAX(CAST(sequence_number AS INTEGER)) FROM _stream_records WHERE table_name = 'people'`;

    expect(explain(last)).toContain('USING COVERING INDEX local_stream_1');
    expect(explain(`${last} AND shard_id = 'x'`)).toMatch(/USING COVERING INDEX local_stream_2/);
  });

  it('takes a write after 20,000 records as fast as at the beginning', async () => {
    const medianMs = async (name: string) => {
      const taken: number[] = [];
      for (let n = 0; n < 60; n++) {
        const started = performance.now();
        await client.send(new PutItemCommand({ TableName: 'people', Item: item(`${name}${n}`) }));
        taken.push(performance.now() - started);
      }
      return taken.toSorted((a, b) => a - b)[30] ?? 0;
    };
    await medianMs('warm');
    const before = await medianMs('before');
    records(`
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
      INSERT INTO _stream_records (table_name, event_name, keys_json, new_image, sequence_number, shard_id, created_at)
      SELECT 'people', 'INSERT', '{}', hex(zeroblob(1000)), CAST(1000 + i AS TEXT), shard_id, created_at
        FROM n, (SELECT shard_id, created_at FROM _stream_records LIMIT 1)`);

    const after = await medianMs('after');

    // Without the indexes each of these writes reads every record.
    expect(after).toBeLessThan(3 * before + 2);
  });

  it('forgets what is a day old, and numbers on', async () => {
    const before = await streamOf('people', { last: true });
    records('UPDATE _stream_records SET created_at = 0');

    dynamodb.trimStreams(NOW);
    await client.send(new PutItemCommand({ TableName: 'people', Item: item('n1') }));

    const after = await streamOf('people');
    expect(after).toHaveLength(2);
    const number = (record: StreamRecord | undefined) => Number(record?.dynamodb.SequenceNumber);
    expect(number(after.at(-1))).toBe(number(before.at(-1)) + 1);
  });
});

describe('a restart', () => {
  it('keeps tables, items and the numbering of the stream', async () => {
    await client.send(new PutItemCommand({ TableName: 'people', Item: item('r1') }));
    const before = await streamOf('people');

    await close();
    await open();

    expect(await get('r1')).toEqual(item('r1'));
    await client.send(new PutItemCommand({ TableName: 'people', Item: item('r2') }));
    expect(
      (await streamOf('people')).map((record) => record.dynamodb.SequenceNumber).slice(0, before.length),
    ).toEqual(before.map((record) => record.dynamodb.SequenceNumber));
  });

  it('leaves no engine behind when its parent is killed, and what was answered is there', async () => {
    const other = mkdtempSync(join(tmpdir(), 'dynamodb-kill-'));
    const script = `
      import { openDynamoDb } from '#local/services/dynamodb.ts';
      const { createTable, endpoint } = await openDynamoDb({ dir: process.argv[1] });
      await createTable(JSON.parse(process.argv[2]));
      console.log(endpoint);
      setInterval(() => {}, 1000);`;
    const child = spawn(
      process.execPath,
      ['--no-warnings', '--input-type=module-typescript', '-e', script, other, JSON.stringify(PEOPLE)],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [endpoint] = await once(child.stdout.setEncoding('utf8'), 'data');
    const direct = new DynamoDBClient({ ...gate.asOperator(), endpoint: String(endpoint).trim() });
    await direct.send(new PutItemCommand({ TableName: 'people', Item: item('x1') }));
    expect(processesOn(other)).toHaveLength(1);

    child.kill('SIGKILL');
    await once(child, 'exit');

    await vi.waitFor(() => expect(processesOn(other)).toEqual([]), 5000);
    const again = await openDynamoDb({ dir: other });
    const survivors = new DynamoDBClient({ ...gate.asOperator(), endpoint: again.endpoint });
    expect((await survivors.send(new ScanCommand({ TableName: 'people' }))).Items).toEqual([item('x1')]);
    direct.destroy();
    survivors.destroy();
    await again.close();
    expect(processesOn(other)).toEqual([]);
    rmSync(other, { recursive: true });
  });
});

describe('the engine', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('is another one where one is named', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', dynamodb.endpoint);
    const forwarding = await openDynamoDb({ dir: join(dir, 'unused') });

    await forwarding.createTable(PEOPLE);

    expect(forwarding.endpoint).toBe(dynamodb.endpoint);
    await forwarding.close();
    expect(await get('r1')).toBeDefined();
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

const StreamRecord = z.object({
  eventName: z.string(),
  userIdentity: z.unknown().optional(),
  dynamodb: z.object({ SequenceNumber: z.string(), Keys: z.unknown() }),
});
type StreamRecord = z.infer<typeof StreamRecord>;

/** The records of a table's stream, past the gate as the event source mappings read them. */
async function streamOf(table: string, o: { last?: boolean } = {}): Promise<StreamRecord[]> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: table }));
  const StreamArn = Table?.LatestStreamArn;
  const { StreamDescription } = z
    .object({ StreamDescription: z.object({ Shards: z.array(z.object({ ShardId: z.string() })) }) })
    .parse(await streams('DescribeStream', { StreamArn }));
  const ShardId = StreamDescription.Shards[0]?.ShardId;
  let { ShardIterator } = z
    .object({ ShardIterator: z.string() })
    .parse(await streams('GetShardIterator', { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }));
  const Page = z.object({ Records: z.array(StreamRecord), NextShardIterator: z.string() });
  const records: StreamRecord[] = [];
  for (;;) {
    const page = Page.parse(await streams('GetRecords', { ShardIterator }));
    if (page.Records.length === 0) return o.last ? records.slice(-1) : records;
    records.push(...page.Records);
    ShardIterator = page.NextShardIterator;
  }
}

async function streams(operation: string, input: unknown): Promise<unknown> {
  const response = await fetch(dynamodb.endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDBStreams_20120810.${operation}`,
      'x-amz-date': '20260101T000000Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=a/20260101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
    },
    body: JSON.stringify(input),
  });
  return response.json();
}

function explain(sql: string): string {
  const records = new DatabaseSync(join(dir, 'dynamodb.sqlite'));
  const plan = records.prepare(`EXPLAIN QUERY PLAN ${sql}`).all();
  records.close();
  return JSON.stringify(plan);
}

/** The ids of the engines over a directory's data. */
function processesOn(directory: string): string[] {
  const listed = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' });
  return listed
    .split('\n')
    .filter((line) => line.includes(`--db-path ${directory}`) && !line.includes('watchdog'));
}

/** Does something to the stream records behind the engine's back. */
function records(sql: string): void {
  const database = new DatabaseSync(join(dir, 'dynamodb.sqlite'));
  database.exec(sql);
  database.close();
}
