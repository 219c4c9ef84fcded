import { matchesPattern } from '#local/event-pattern.ts';
import type { Kinesis } from '#local/services/kinesis.ts';
import type { KinesisRecord } from '#local/services/kinesis-store.ts';
import { patternsOf, type StreamMapping } from './mapping-properties.ts';
import { type MappingDependencies, type RunningMapping, startStreamMapping } from './stream-mapping.ts';
import type { StreamRecord, StreamSource } from './stream-source.ts';

export type KinesisMapping = StreamMapping;

/** What Lambda puts around a record's data, in an event. */
const ENVELOPE_BYTES = 600;

/** Runs a function over a Kinesis stream; puts in this process reach it at once, without polling. */
export function startKinesisMapping(
  mapping: KinesisMapping,
  { kinesis, ...d }: MappingDependencies & { kinesis: Kinesis },
): RunningMapping {
  // https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis-filtering.html: only on the `data` key.
  for (const pattern of patternsOf(mapping.properties) ?? []) {
    const others = Object.keys(Object(pattern)).filter((key) => key !== 'data');
    if (others.length > 0) throw new Error(`a Kinesis mapping filters on "data" only, not on ${others}`);
  }
  return startStreamMapping(mapping, sourceOf(mapping, kinesis), d);
}

function sourceOf(mapping: KinesisMapping, kinesis: Kinesis): StreamSource {
  const streamArn = mapping.properties.EventSourceArn;
  const stream = streamArn.slice(streamArn.indexOf('/') + 1);
  const awsRegion = streamArn.split(':')[3];

  const toRecord = (record: KinesisRecord, shardId: string): StreamRecord => {
    const { sequenceNumber, partitionKey, arrivedAtMs } = record;
    const data = Buffer.from(record.data);
    return {
      sequenceNumber,
      arrivedAtMs,
      key: partitionKey,
      bytes: Math.ceil(data.length / 3) * 4 + ENVELOPE_BYTES,
      spurious: false,
      matches: (pattern) => matchesPattern(pattern, { data: dataFor(pattern, data.toString('utf8')) }),
      event: {
        kinesis: {
          kinesisSchemaVersion: '1.0',
          partitionKey,
          sequenceNumber,
          data: data.toString('base64'),
          approximateArrivalTimestamp: arrivedAtMs / 1000,
        },
        eventSource: 'aws:kinesis',
        eventVersion: '1.0',
        eventID: `${shardId}:${sequenceNumber}`,
        eventName: 'aws:kinesis:record',
        invokeIdentityArn: mapping.roleArn,
        awsRegion,
        eventSourceARN: streamArn,
      },
    };
  };

  return {
    shards: async () => kinesis.shards(stream),
    placeOf: async (shardId, start) => kinesis.placeOf(stream, shardId, start),
    async read(at) {
      const { records, ended } = kinesis.readAfter({ stream, ...at });
      return { records: records.map((record) => toRecord(record, at.shardId)), ended };
    },
    subscribe: (listener) => kinesis.subscribe(stream, listener),
    pollMs: Number.POSITIVE_INFINITY,
    actions: ['DescribeStream', 'DescribeStreamSummary', 'GetRecords', 'GetShardIterator', 'ListShards'].map(
      (name) => `kinesis:${name}`,
    ),
    batchInfo: { name: 'KinesisBatchInfo', time: (atMs) => new Date(atMs).toISOString() },
  };
}

/** A pattern of fields reads the data as JSON, and selects nothing that is none; a list of texts reads it plain. */
function dataFor(pattern: unknown, text: string): unknown {
  if (Array.isArray(Object(pattern).data)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
