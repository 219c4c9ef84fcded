import { CreateTableCommand, DynamoDBClient, type KeySchemaElement } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { findDynoxide, startDynoxide } from '#local/services/dynamodb-process.ts';

/** The tables of the stack by name, with the attributes of their keys. */
const TABLES: Record<string, readonly string[]> = {
  people: ['pid', 'sk'],
  identities: ['identifier'],
  audiences: ['segment', 'pid'],
  catalog: ['kind', 'id'],
  quality: ['source', 'place'],
};

/** Those of the indexes of table `people`. */
const INDEXES = {
  conflicts: { keys: ['conflictShard', 'conflictPlace'], holds: 'ALL' },
  due: { keys: ['dueShard', 'dueAt'], holds: 'KEYS_ONLY' },
} as const;
const INDEX_KEYS = Object.values(INDEXES).flatMap(({ keys }) => keys);
const NUMBERS: readonly string[] = ['dueAt'];

export interface TestDynamoDb {
  readonly endpoint: string;
  readonly client: DynamoDBClient;
  readonly documents: DynamoDBDocumentClient;
  /** Makes the stack's tables once more, empty, each with this behind its name. */
  createTables(suffix: string): Promise<void>;
  close(): Promise<void>;
}

/** Starts a DynamoDB in memory, in a process of its own, with the stack's tables in it, empty. */
export async function startDynamoDb(): Promise<TestDynamoDb> {
  const binary = findDynoxide();
  if (binary === undefined) throw new Error('there is no dynoxide');
  const engine = await startDynoxide(binary);
  const { endpoint } = engine;
  const client = new DynamoDBClient({
    endpoint,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });

  const createTables = async (suffix: string) => {
    for (const [name, keys] of Object.entries(TABLES)) await createTable(client, `${name}${suffix}`, keys);
  };
  await createTables('');

  return {
    endpoint,
    client,
    createTables,
    documents: DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } }),
    async close() {
      client.destroy();
      await engine.close();
    },
  };
}

const keySchema = (keys: readonly string[]): KeySchemaElement[] =>
  keys.map((key, at) => ({ AttributeName: key, KeyType: at === 0 ? 'HASH' : 'RANGE' }));

async function createTable(client: DynamoDBClient, name: string, keys: readonly string[]): Promise<void> {
  const isPeople = name.startsWith('people');
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: keySchema(keys),
      AttributeDefinitions: [...keys, ...(isPeople ? INDEX_KEYS : [])].map((key) => ({
        AttributeName: key,
        AttributeType: NUMBERS.includes(key) ? 'N' : 'S',
      })),
      ...(isPeople && {
        GlobalSecondaryIndexes: Object.entries(INDEXES).map(([index, of]) => ({
          IndexName: index,
          KeySchema: keySchema(of.keys),
          Projection: { ProjectionType: of.holds },
        })),
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
      }),
    }),
  );
}
