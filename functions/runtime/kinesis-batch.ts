import type { KinesisStreamBatchResponse, KinesisStreamEvent, KinesisStreamRecord } from 'aws-lambda';
import { forEachConcurrently } from './concurrency.ts';
import { describeFault } from './fault.ts';
import { count, logger } from './telemetry.ts';

/** The records of one partition key, in the order of the stream. */
export interface KinesisKey {
  readonly stream: string;
  readonly partitionKey: string;
  readonly records: readonly {
    readonly sequenceNumber: string;
    readonly data: Buffer;
    /** When the stream received it. */
    readonly arrivedAt: number;
  }[];
}

interface KinesisOptions {
  /** Does a key's records as one: it throws unless all of them are settled. */
  readonly handle: (key: KinesisKey) => Promise<void>;
  /** Called once, when all that could be done is durable; nothing goes back to the stream for it. */
  readonly settled?: () => Promise<void>;
  /** @default 16 */
  readonly concurrency?: number;
}

/**
 * Makes the handler of a Kinesis stream: several partition keys at once, the records of each in order.
 *
 * A key whose records are not all settled goes back whole: the lowest sequence number of the failed
 * keys is reported, from which Lambda delivers everything again, other keys' records included. So
 * `handle` must tell what it has already done.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
 */
export function kinesisBatch({ handle, settled, concurrency = 16 }: KinesisOptions) {
  return async ({ Records }: KinesisStreamEvent): Promise<KinesisStreamBatchResponse> => {
    const failed = new Set<KinesisStreamRecord>();
    const keys = Map.groupBy(Records, ({ kinesis }) => kinesis.partitionKey);

    await forEachConcurrently([...keys], concurrency, async ([partitionKey, records]) => {
      try {
        await handle(keyOf(partitionKey, records));
      } catch (fault) {
        logger.error('records go back to the stream', { ...describeFault(fault), records: records.length });
        for (const record of records) failed.add(record);
      }
    });

    await settled?.();
    count('StreamRecordsFailed', failed.size);
    // records arrive in the order of their shard, so that the first is the lowest
    const first = Records.find((record) => failed.has(record));
    return {
      batchItemFailures: first === undefined ? [] : [{ itemIdentifier: first.kinesis.sequenceNumber }],
    };
  };
}

const keyOf = (partitionKey: string, records: readonly KinesisStreamRecord[]): KinesisKey => ({
  stream: records[0]?.eventSourceARN ?? '',
  partitionKey,
  records: records.map(({ kinesis }) => ({
    sequenceNumber: kinesis.sequenceNumber,
    data: Buffer.from(kinesis.data, 'base64'),
    arrivedAt: kinesis.approximateArrivalTimestamp * 1000,
  })),
});
