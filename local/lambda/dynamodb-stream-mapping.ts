import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { aheadMs } from '#local/clock.ts';
import { matchesPattern } from '#local/event-pattern.ts';
import type { StreamMapping } from './mapping-properties.ts';
import { type MappingDependencies, type RunningMapping, startStreamMapping } from './stream-mapping.ts';
import type { StreamRecord, StreamSource } from './stream-source.ts';

export type DynamoDbStreamMapping = StreamMapping;

const POLL_MS = 50;
/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html */
const RECORDS_PER_READ = 1000;

const Item = z.record(z.string(), z.unknown());
const Change = z.looseObject({
  eventName: z.enum(['INSERT', 'MODIFY', 'REMOVE']),
  dynamodb: z.looseObject({
    ApproximateCreationDateTime: z.number(),
    Keys: Item,
    NewImage: Item.optional(),
    OldImage: Item.optional(),
    SequenceNumber: z.string(),
  }),
});
const Described = z.object({ Table: z.object({ LatestStreamArn: z.string() }) });
const Stream = z.object({
  StreamDescription: z.object({
    Shards: z.array(z.object({ ShardId: z.string(), ParentShardId: z.string().nullish() })),
  }),
});
const Iterator = z.object({ ShardIterator: z.string() });
const Page = z.object({ Records: z.array(Change), NextShardIterator: z.string().nullish() });
const Fault = z.object({ __type: z.string(), message: z.string().optional() });

/** Runs a function over a table's stream, read from the DynamoDB engine at `endpoint`. */
export const startDynamoDbStreamMapping = (
  mapping: DynamoDbStreamMapping,
  { endpoint, ...d }: MappingDependencies & { endpoint: string },
): RunningMapping => startStreamMapping(mapping, sourceOf(mapping, endpoint), d);

function sourceOf(mapping: DynamoDbStreamMapping, endpoint: string): StreamSource {
  const sourceArn = mapping.properties.EventSourceArn;
  const [, TableName = ''] = sourceArn.split('/');
  const awsRegion = sourceArn.split(':')[3];
  /** Where each shard's next read goes on, so that an idle stream costs one request and no search. */
  const iterators = new Map<string, { after: string; iterator: string }>();

  // The engine names the stream in its own way; the template's ARN is what the function sees.
  const streamArn = async () =>
    (await ask(endpoint, 'DynamoDB_20120810.DescribeTable', { TableName }, Described)).Table.LatestStreamArn;

  async function iteratorAt(ShardId: string, after: string): Promise<string> {
    const known = iterators.get(ShardId);
    if (known?.after === after) return known.iterator;
    const StreamArn = await streamArn();
    const start =
      after === '0'
        ? { ShardIteratorType: 'TRIM_HORIZON' }
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: after };
    const input = { StreamArn, ShardId, ...start };
    return (await ask(endpoint, `${STREAMS}.GetShardIterator`, input, Iterator)).ShardIterator;
  }

  const toRecord = (change: z.infer<typeof Change>, shardId: string): StreamRecord => {
    const { Keys, NewImage, OldImage, SequenceNumber, ApproximateCreationDateTime } = change.dynamodb;
    const event = {
      ...change,
      eventID: createHash('md5').update(`${sourceArn}${shardId}${SequenceNumber}`).digest('hex'),
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion,
      eventSourceARN: sourceArn,
    };
    return {
      sequenceNumber: SequenceNumber,
      arrivedAtMs: ApproximateCreationDateTime * 1000 + aheadMs(),
      key: JSON.stringify(Object.entries(Keys).sort(([a], [b]) => (a < b ? -1 : 1))),
      event,
      bytes: Buffer.byteLength(JSON.stringify(event)),
      matches: (pattern) => matchesPattern(pattern, event),
      // A write that changes nothing makes no stream record on AWS; this engine makes one.
      spurious: change.eventName === 'MODIFY' && isDeepStrictEqual(NewImage, OldImage),
    };
  };

  async function read({ shardId, after, limit }: { shardId: string; after: string; limit: number }) {
    const ShardIterator = await iteratorAt(shardId, after);
    iterators.delete(shardId);
    const input = { ShardIterator, Limit: Math.min(limit, RECORDS_PER_READ) };
    const page = await ask(endpoint, `${STREAMS}.GetRecords`, input, Page);
    const last = page.Records.at(-1)?.dynamodb.SequenceNumber ?? after;
    if (page.NextShardIterator) iterators.set(shardId, { after: last, iterator: page.NextShardIterator });
    const records = page.Records.map((change) => toRecord(change, shardId));
    return { records, ended: !page.NextShardIterator };
  }

  return {
    async shards() {
      const described = await ask(
        endpoint,
        `${STREAMS}.DescribeStream`,
        { StreamArn: await streamArn() },
        Stream,
      );
      return described.StreamDescription.Shards.map(({ ShardId, ParentShardId }) => ({
        id: ShardId,
        parentIds: ParentShardId ? [ParentShardId] : [],
      }));
    },
    async placeOf(shardId, { kind }) {
      if (kind === 'AT_TIMESTAMP') throw new Error('a DynamoDB stream has no start at a timestamp');
      // The engine knows LATEST only as an iterator, which does not outlive it: the newest number does.
      let after = '0';
      if (kind === 'TRIM_HORIZON') return after;
      for (;;) {
        const { records, ended } = await read({ shardId, after, limit: RECORDS_PER_READ });
        after = records.at(-1)?.sequenceNumber ?? after;
        if (ended || records.length === 0) return after;
      }
    },
    read,
    subscribe: () => () => {},
    pollMs: POLL_MS,
    actions: ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map(
      (name) => `dynamodb:${name}`,
    ),
    batchInfo: {
      name: 'DDBStreamBatchInfo',
      time: (atMs) => `${new Date(atMs).toISOString().slice(0, 19)}Z`,
    },
  };
}

const STREAMS = 'DynamoDBStreams_20120810';

async function ask<T>(endpoint: string, target: string, input: unknown, answer: z.ZodType<T>): Promise<T> {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': target,
      'x-amz-date': '20260101T000000Z',
      authorization:
        'AWS4-HMAC-SHA256 Credential=local/20260101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
    },
    body: JSON.stringify(input),
  });
  const body: unknown = await response.json();
  if (response.ok) return answer.parse(body);
  const { __type, message = '' } = Fault.parse(body);
  throw new Error(`${target}: ${__type} ${message}`);
}
