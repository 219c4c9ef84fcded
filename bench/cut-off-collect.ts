import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KinesisClient, PutRecordsCommand, type PutRecordsRequestEntry } from '@aws-sdk/client-kinesis';
import { DynamoDBDocumentClient, GetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { dynamoSources } from '#functions/adapters/dynamodb/sources.ts';
import { Source } from '#shared/sources/source.ts';
import { lambdaContext } from '#test/support/http-event.ts';

export const WRITE_KEY = 'bench-write-key';

const CATALOG = 'catalog';
const SOURCE = Source.parse({
  id: 'web',
  name: 'The shop',
  writeKeys: [WRITE_KEY],
  market: 'eu',
  brand: 'summit',
  legalEntity: 'summit',
  country: 'FR',
});

/** Called with what one PutRecords would carry. */
type Taken = (records: readonly PutRecordsRequestEntry[]) => void;

export interface CutOffCollect {
  readonly handle: (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>;
  readonly watch: (taken: Taken) => void;
}

/**
 * The collect function as it is deployed, its stream cut off: it takes everything in the moment that the
 * input of PutRecords is made, so that neither the SDK's serializing nor the network is in what is timed.
 * Its catalog has one source, which is read once.
 */
export async function cutOffCollect(): Promise<CutOffCollect> {
  let taken: Taken = () => {};
  const answered = {
    Records: Array.from({ length: 500 }, () => ({ SequenceNumber: '1', ShardId: 'shard' })),
  };
  answerSends(KinesisClient.prototype, (command) => {
    if (!(command instanceof PutRecordsCommand)) throw new TypeError('collect only puts records');
    taken(command.input.Records ?? []);
    return answered;
  });

  const items = new Map<string, Record<string, unknown>>();
  answerSends(DynamoDBDocumentClient.prototype, (command) => {
    if (command instanceof GetCommand) return { Item: items.get(keyOf(command.input.Key)) };
    if (!(command instanceof TransactWriteCommand)) throw new TypeError('collect only gets items');
    for (const { Put } of command.input.TransactItems ?? []) items.set(keyOf(Put?.Item), Put?.Item ?? {});
    return {};
  });
  const client = DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'eu-west-1' }));
  await dynamoSources({ client, tableName: CATALOG }).put(SOURCE);

  Object.assign(process.env, ENVIRONMENT);
  const { handler } = await import('#functions/collect/collect-events.ts');
  return {
    handle: async (event) => handler(event, lambdaContext),
    watch: (next) => {
      taken = next;
    },
  };
}

/** What the function is deployed with, and what Lambda sets. */
export const ENVIRONMENT = {
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
  EVENTS_STREAM: 'events',
  QUARANTINE_BUCKET: 'quarantine',
  CATALOG_TABLE: CATALOG,
  QUALITY_TABLE: 'quality',
};

const keyOf = (item: Record<string, unknown> | undefined): string => `${item?.kind} ${item?.id}`;

function answerSends(client: object, answer: (command: unknown) => unknown): void {
  Object.defineProperty(client, 'send', { value: async (command: unknown) => answer(command) });
}
