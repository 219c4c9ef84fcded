import { randomUUID } from 'node:crypto';
import type { Discard } from './batch-state.ts';
import type { StreamMapping } from './mapping-properties.ts';
import type { StreamRecord, StreamSource } from './stream-source.ts';

/** A batch given up, for the destination that the mapping names: an S3 object or an SQS message. */
export interface FailedBatch {
  /** ARN of a bucket or a queue. */
  readonly destination: string;
  /** Where it stands in a bucket. */
  readonly key: string;
  readonly body: string;
}

/**
 * Writes down a discarded batch as Lambda does. A bucket gets the records too; a queue only learns where they
 * stand in the stream.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
 */
export function describeFailedBatch(
  discard: Discard<StreamRecord>,
  d: { mapping: StreamMapping; shardId: string; batchInfo: StreamSource['batchInfo']; nowMs: number },
): FailedBatch | undefined {
  const { EventSourceArn, DestinationConfig } = d.mapping.properties;
  const [first, last] = [discard.records.at(0), discard.records.at(-1)];
  if (!DestinationConfig || !first || !last) return undefined;
  const destination = DestinationConfig.OnFailure.Destination;
  const timestamp = new Date(d.nowMs).toISOString();
  const body = {
    requestContext: {
      requestId: randomUUID(),
      functionArn: d.mapping.functionArn,
      condition: discard.condition,
      approximateInvokeCount: discard.invocations,
    },
    ...(discard.invocations > 0 && {
      responseContext: {
        statusCode: 200,
        executedVersion: '$LATEST',
        functionError: discard.functionError ? 'Unhandled' : null,
      },
    }),
    version: '1.0',
    timestamp,
    [d.batchInfo.name]: {
      shardId: d.shardId,
      startSequenceNumber: first.sequenceNumber,
      endSequenceNumber: last.sequenceNumber,
      approximateArrivalOfFirstRecord: d.batchInfo.time(first.arrivedAtMs),
      approximateArrivalOfLastRecord: d.batchInfo.time(last.arrivedAtMs),
      batchSize: discard.records.length,
      streamArn: EventSourceArn,
    },
    ...(destination.includes(':s3:') && {
      payload: JSON.stringify({ Records: discard.records.map(({ event }) => event) }),
    }),
  };
  const [day, time] = [timestamp.slice(0, 10), timestamp.slice(0, 19).replaceAll(':', '.')];
  const key = `aws/lambda/${d.mapping.id}/${d.shardId}/${day.replaceAll('-', '/')}/${time}-${randomUUID()}`;
  return { destination, key, body: JSON.stringify(body) };
}
