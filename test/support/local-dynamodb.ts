import {
  type AttributeValue,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { type DynamoDb, openDynamoDb, type TableSpec } from '#local/services/dynamodb.ts';
import { startTestGate, type TestGate } from '#test/support/gate.ts';

export const PEOPLE: TableSpec = {
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

export const key = (pid: string, sk = '!profile') => ({ pid: { S: pid }, sk: { S: sk } });
export const item = (pid: string, more = {}) => ({ ...key(pid), ...more });

/** DynamoDB behind a gate, with one table, and a stock client before it. */
export interface TestEngine {
  readonly dynamodb: DynamoDb;
  readonly gate: TestGate;
  readonly client: DynamoDBClient;
  get(pid: string): Promise<Record<string, AttributeValue> | undefined>;
  close(): Promise<void>;
}

export async function startEngine(dir: string): Promise<TestEngine> {
  const dynamodb = await openDynamoDb({ dir });
  await dynamodb.createTable(PEOPLE);
  const gate = await startTestGate({ services: { dynamodb: dynamodb.service } });
  const client = new DynamoDBClient(gate.asOperator());
  return {
    dynamodb,
    gate,
    client,
    get: async (pid) =>
      (await client.send(new GetItemCommand({ TableName: 'people', Key: key(pid), ConsistentRead: true })))
        .Item,
    async close() {
      client.destroy();
      await gate.close();
      await dynamodb.close();
    },
  };
}

const StreamRecord = z.object({
  eventName: z.string(),
  userIdentity: z.unknown().optional(),
  dynamodb: z.object({ SequenceNumber: z.string(), Keys: z.unknown() }),
});
export type StreamRecord = z.infer<typeof StreamRecord>;

/** The records of a table's stream, past the gate as the event source mappings read them. */
export async function streamOf({ client, dynamodb }: TestEngine, table: string): Promise<StreamRecord[]> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: table }));
  const StreamArn = Table?.LatestStreamArn;
  const { StreamDescription } = z
    .object({ StreamDescription: z.object({ Shards: z.array(z.object({ ShardId: z.string() })) }) })
    .parse(await streams(dynamodb.endpoint, 'DescribeStream', { StreamArn }));
  const ShardId = StreamDescription.Shards[0]?.ShardId;
  let { ShardIterator } = z.object({ ShardIterator: z.string() }).parse(
    await streams(dynamodb.endpoint, 'GetShardIterator', {
      StreamArn,
      ShardId,
      ShardIteratorType: 'TRIM_HORIZON',
    }),
  );
  const Page = z.object({ Records: z.array(StreamRecord), NextShardIterator: z.string() });
  const records: StreamRecord[] = [];
  for (;;) {
    const page = Page.parse(await streams(dynamodb.endpoint, 'GetRecords', { ShardIterator }));
    if (page.Records.length === 0) return records;
    records.push(...page.Records);
    ShardIterator = page.NextShardIterator;
  }
}

async function streams(endpoint: string, operation: string, input: unknown): Promise<unknown> {
  const response = await fetch(endpoint, {
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
