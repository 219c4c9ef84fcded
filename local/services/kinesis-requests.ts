import * as z from 'zod';

/** What the operations take, within AWS's own bounds. Strict: a member that is not honoured is refused by name. */

const RECORDS_PER_REQUEST = 500;

const named = { StreamName: z.string().optional(), StreamARN: z.string().optional() };
const Data = z.base64().transform((text) => Buffer.from(text, 'base64'));
const HashKey = z.string().regex(/^(0|[1-9]\d{0,38})$/);
const entry = {
  Data,
  PartitionKey: z.string().min(1).max(256),
  ExplicitHashKey: HashKey.optional(),
};

export const PutRecordsInput = z.strictObject({
  ...named,
  Records: z.array(z.strictObject(entry)).min(1).max(RECORDS_PER_REQUEST),
});
export const PutRecordInput = z.strictObject({
  ...named,
  ...entry,
  // Orders one producer's records across the shards it has seen; here every number exceeds the one before.
  SequenceNumberForOrdering: z.string().optional(),
});
export const StreamInput = z.strictObject(named);
export type StreamInput = z.infer<typeof StreamInput>;
export const ListStreamsInput = z.strictObject({});
export const ListShardsInput = z.strictObject({
  ...named,
  ExclusiveStartShardId: z.string().optional(),
  NextToken: z.string().optional(),
  MaxResults: z.number().int().min(1).max(10_000).default(1000),
});
export const GetShardIteratorInput = z.strictObject({
  ...named,
  ShardId: z.string(),
  ShardIteratorType: z.enum([
    'AT_SEQUENCE_NUMBER',
    'AFTER_SEQUENCE_NUMBER',
    'TRIM_HORIZON',
    'LATEST',
    'AT_TIMESTAMP',
  ]),
  StartingSequenceNumber: z.string().regex(/^\d+$/).optional(),
  Timestamp: z.number().optional(),
});
export type GetShardIteratorInput = z.infer<typeof GetShardIteratorInput>;
export const GetRecordsInput = z.strictObject({
  StreamARN: z.string().optional(),
  ShardIterator: z.string(),
  Limit: z.number().int().min(1).max(10_000).default(10_000),
});
export const SplitShardInput = z.strictObject({
  ...named,
  ShardToSplit: z.string(),
  NewStartingHashKey: HashKey,
});
export const MergeShardsInput = z.strictObject({
  ...named,
  ShardToMerge: z.string(),
  AdjacentShardToMerge: z.string(),
});

/** What a shard iterator holds; to its holder it is opaque. */
export const Iterator = z.strictObject({
  stream: z.string(),
  shardId: z.string(),
  after: z.string(),
  issuedAtMs: z.number(),
});
export type Iterator = z.infer<typeof Iterator>;
