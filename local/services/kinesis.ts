import { type AwsCall, AwsError } from '#local/gate/aws-call.ts';
import { jsonService, readBody } from './json-service.ts';
import { openKinesisLog } from './kinesis-log.ts';
import {
  GetRecordsInput,
  GetShardIteratorInput,
  Iterator,
  ListShardsInput,
  ListStreamsInput,
  MergeShardsInput,
  PutRecordInput,
  PutRecordsInput,
  SplitShardInput,
  StreamInput,
} from './kinesis-requests.ts';
import { justBefore } from './kinesis-sequence.ts';
import type { Shard } from './kinesis-store.ts';
import type { ShardLimits } from './kinesis-throughput.ts';

const ITERATOR_LIFE_MS = 300_000;
const HOUR_MS = 3_600_000;

export type Kinesis = ReturnType<typeof openKinesis>;

/**
 * Kinesis Data Streams on one machine: ordered shards by hash of the partition key, resharding, retention.
 *
 * A put is durable before it is answered. Throughput is unlimited unless `shardLimits` says otherwise; then
 * PutRecords fails record by record, as on AWS.
 */
export function openKinesis(o: {
  dir: string;
  streamArn: (name: string) => string;
  shardLimits?: ShardLimits;
  now?: () => number;
}) {
  const { streamArn, now = Date.now, ...options } = o;
  const log = openKinesisLog({ ...options, now });

  /** The stream that a request means, by its name or its ARN. */
  const streamOf = ({ StreamName, StreamARN }: StreamInput) => {
    const name = StreamName ?? StreamARN?.split('/').at(-1) ?? '';
    const stream = log.stream(name);
    if (stream) return stream;
    throw new AwsError('ResourceNotFoundException', `Stream ${name} under account 000000000000 not found.`);
  };
  const iteratorFor = (stream: string, shardId: string, after: string): string =>
    Buffer.from(JSON.stringify({ stream, shardId, after, issuedAtMs: now() })).toString('base64');

  const service = jsonService({
    PutRecords(call: AwsCall) {
      const input = readBody(call, PutRecordsInput);
      const Records = log.put(streamOf(input).name, input.Records);
      return { FailedRecordCount: Records.filter((record) => 'ErrorCode' in record).length, Records };
    },
    PutRecord(call: AwsCall) {
      const input = readBody(call, PutRecordInput);
      const [result] = log.put(streamOf(input).name, [input]);
      if (result && 'ErrorCode' in result) throw new AwsError(result.ErrorCode, result.ErrorMessage);
      return result;
    },
    ListStreams(call: AwsCall) {
      readBody(call, ListStreamsInput);
      return { StreamNames: log.streams().map(({ name }) => name), HasMoreStreams: false };
    },
    DescribeStreamSummary(call: AwsCall) {
      const { name, retentionMs, createdAtMs } = streamOf(readBody(call, StreamInput));
      return {
        StreamDescriptionSummary: {
          StreamName: name,
          StreamARN: streamArn(name),
          StreamStatus: 'ACTIVE',
          StreamModeDetails: { StreamMode: 'PROVISIONED' },
          RetentionPeriodHours: retentionMs / HOUR_MS,
          StreamCreationTimestamp: createdAtMs / 1000,
          EnhancedMonitoring: [{ ShardLevelMetrics: [] }],
          OpenShardCount: log.shards(name).filter((shard) => !shard.endSequence).length,
          ConsumerCount: 0,
        },
      };
    },
    ListShards(call: AwsCall) {
      const input = readBody(call, ListShardsInput);
      const [stream = '', token] = input.NextToken?.split('/') ?? [streamOf(input).name];
      const start = token ?? input.ExclusiveStartShardId ?? '';
      const later = log.shards(stream).filter(({ id }) => id > start);
      const page = later.slice(0, input.MaxResults);
      const NextToken = later.length > page.length ? `${stream}/${page.at(-1)?.id}` : undefined;
      return { Shards: page.map(describe), NextToken };
    },
    GetShardIterator(call: AwsCall) {
      const input = readBody(call, GetShardIteratorInput);
      const { name } = streamOf(input);
      return { ShardIterator: iteratorFor(name, input.ShardId, startOf(name, input)) };
    },
    GetRecords(call: AwsCall) {
      const { ShardIterator, Limit } = readBody(call, GetRecordsInput);
      const place = readIterator(ShardIterator);
      if (now() - place.issuedAtMs > ITERATOR_LIFE_MS) {
        throw new AwsError('ExpiredIteratorException', 'Iterator expired: it lives for 5 minutes');
      }
      const { records, next, ended } = log.readAfter({ ...place, limit: Limit });
      const after = records.at(-1)?.sequenceNumber ?? place.after;
      return {
        Records: records.map(({ sequenceNumber, partitionKey, data, arrivedAtMs }) => ({
          SequenceNumber: sequenceNumber,
          PartitionKey: partitionKey,
          Data: Buffer.from(data).toString('base64'),
          ApproximateArrivalTimestamp: arrivedAtMs / 1000,
        })),
        MillisBehindLatest: next ? Math.max(0, now() - next.arrivedAtMs) : 0,
        ...(ended
          ? { ChildShards: childrenOf(log.shards(place.stream), place.shardId) }
          : { NextShardIterator: iteratorFor(place.stream, place.shardId, after) }),
      };
    },
    SplitShard(call: AwsCall) {
      const input = readBody(call, SplitShardInput);
      log.split(streamOf(input).name, input.ShardToSplit, BigInt(input.NewStartingHashKey));
    },
    MergeShards(call: AwsCall) {
      const input = readBody(call, MergeShardsInput);
      log.merge(streamOf(input).name, input.ShardToMerge, input.AdjacentShardToMerge);
    },
  });

  const startOf = (stream: string, input: GetShardIteratorInput): string => {
    const { ShardId, ShardIteratorType: kind, StartingSequenceNumber: number, Timestamp: at } = input;
    log.shardOf(stream, ShardId);
    if (kind === 'TRIM_HORIZON' || kind === 'LATEST') return log.placeOf(stream, ShardId, { kind });
    if (kind === 'AT_TIMESTAMP') {
      if (at !== undefined) return log.placeOf(stream, ShardId, { kind, atMs: at * 1000 });
      throw new AwsError('InvalidArgumentException', 'Timestamp is needed');
    }
    if (number === undefined)
      throw new AwsError('InvalidArgumentException', 'StartingSequenceNumber is needed');
    return kind === 'AT_SEQUENCE_NUMBER' ? justBefore(number) : number;
  };

  const { createStream, shards, readAfter, placeOf, subscribe, close } = log;
  return { service, createStream, shards, readAfter, placeOf, subscribe, close };
}

const describe = (shard: Shard) => ({
  ShardId: shard.id,
  ParentShardId: shard.parentIds[0],
  AdjacentParentShardId: shard.parentIds[1],
  HashKeyRange: { StartingHashKey: String(shard.firstHash), EndingHashKey: String(shard.lastHash) },
  SequenceNumberRange: {
    StartingSequenceNumber: shard.bornSequence,
    EndingSequenceNumber: shard.endSequence,
  },
});

const childrenOf = (shards: readonly Shard[], parentId: string) =>
  shards
    .filter(({ parentIds }) => parentIds.includes(parentId))
    .map((child) => {
      const { ShardId, HashKeyRange } = describe(child);
      return { ShardId, HashKeyRange, ParentShards: child.parentIds };
    });

function readIterator(iterator: string): Iterator {
  try {
    return Iterator.parse(JSON.parse(Buffer.from(iterator, 'base64').toString('utf8')));
  } catch {
    throw new AwsError('InvalidArgumentException', 'Invalid ShardIterator.');
  }
}
