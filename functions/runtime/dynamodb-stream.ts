import type { AttributeValue, DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { forEachConcurrently } from './concurrency.ts';
import { describeFault } from './fault.ts';
import { count, logger } from './telemetry.ts';

/** One change of an item, with its images as plain values. */
export interface ItemChange {
  readonly sequenceNumber: string;
  readonly keys: Readonly<Record<string, unknown>>;
  readonly newImage: Readonly<Record<string, unknown>> | undefined;
}

interface StreamOptions {
  readonly handle: (change: ItemChange) => Promise<void>;
  /** The attribute whose changes must be handled in order, as a partition key's must. */
  readonly orderedBy: string;
  /** @default 16 */
  readonly concurrency?: number;
}

/**
 * Makes the handler of a DynamoDB stream: the changes of one key in order, several keys at once.
 *
 * A key stops at its first failure, and the earliest failed record is reported: Lambda delivers it
 * and everything after it again, so `handle` must tolerate what it has already done.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 */
export function dynamodbStream({ handle, orderedBy, concurrency = 16 }: StreamOptions) {
  return async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
    const failed = new Set<DynamoDBRecord>();
    const keys = Map.groupBy(Records, (record) => JSON.stringify(record.dynamodb?.Keys?.[orderedBy]));

    await forEachConcurrently([...keys.values()], concurrency, async (records) => {
      for (const record of records) {
        try {
          await handle(changeOf(record));
        } catch (fault) {
          logger.error('record goes back to the stream', describeFault(fault));
          failed.add(record);
          return;
        }
      }
    });

    count('StreamRecordsFailed', failed.size);
    // records arrive in the order of their shard, so that the first is the lowest
    const first = Records.find((record) => failed.has(record))?.dynamodb?.SequenceNumber;
    return { batchItemFailures: first === undefined ? [] : [{ itemIdentifier: first }] };
  };
}

const changeOf = ({ dynamodb }: DynamoDBRecord): ItemChange => ({
  sequenceNumber: dynamodb?.SequenceNumber ?? '',
  keys: plainItem(dynamodb?.Keys ?? {}),
  newImage: dynamodb?.NewImage && plainItem(dynamodb.NewImage),
});

const plainItem = (image: Readonly<Record<string, AttributeValue>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(image).map(([name, value]) => [name, plain(value)]));

/** In an event bytes come as base64 text, other than from the SDK, whose own converter does not fit. */
function plain({ S, N, BOOL, L, M, B, SS, NS }: AttributeValue): unknown {
  if (N !== undefined) return Number(N);
  if (M !== undefined) return plainItem(M);
  if (B !== undefined) return Buffer.from(B, 'base64');
  if (NS !== undefined) return NS.map(Number);
  return S ?? BOOL ?? L?.map(plain) ?? SS ?? null;
}
