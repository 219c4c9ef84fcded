import { setTimeout as pause } from 'node:timers/promises';
import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
  ListShardsCommand,
} from '@aws-sdk/client-kinesis';
import { forEachConcurrently } from '#functions/runtime/concurrency.ts';
import { isRetryable } from '#functions/runtime/fault.ts';
import type { EpochMs } from '#shared/events/event.ts';
import { StreamRecord } from '#shared/events/stream-record.ts';

/** Looks back at what is on the stream. Nobody's place in it moves. */
export interface EventsReader {
  /**
   * Records of events of one source that arrived from one time to another, in no order.
   *
   * `complete` is false where there is more than may be read at once: then the latest lack.
   */
  read(range: {
    readonly source: string;
    readonly from: EpochMs;
    readonly to: EpochMs;
  }): Promise<{ readonly records: readonly StreamRecord[]; readonly complete: boolean }>;
}

/** What may be read of a shard at once, and of the whole. */
export const READER_LIMITS = {
  /** Records of one GetRecords. */
  records: 500,
  /** GetRecords of one shard. */
  reads: 4,
  shards: 64,
} as const;

/**
 * A shard gives two megabytes a second and five reads, to all who read it together: one of them is the
 * mapping's. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html
 */
const BETWEEN_READS_MS = 300;
const SHARDS_AT_ONCE = 8;

export function kinesisEventsReader(
  client: KinesisClient,
  {
    streamArn: StreamARN,
    betweenReadsMs = BETWEEN_READS_MS,
  }: { readonly streamArn: string; readonly betweenReadsMs?: number },
): EventsReader {
  interface Reading {
    readonly source: string;
    readonly from: EpochMs;
    readonly to: EpochMs;
    readonly found: StreamRecord[];
  }

  /** @returns whether all of the shard was read that is asked for. */
  async function readShard(ShardId: string, { source, from, to, found }: Reading): Promise<boolean> {
    const start = await client.send(
      new GetShardIteratorCommand({
        StreamARN,
        ShardId,
        ShardIteratorType: 'AT_TIMESTAMP',
        Timestamp: new Date(from),
      }),
    );
    let place = start.ShardIterator;
    for (let read = 0; read < READER_LIMITS.reads && place !== undefined; read++) {
      if (read > 0) await pause(betweenReadsMs);
      const {
        Records = [],
        NextShardIterator,
        MillisBehindLatest = 0,
      } = await client.send(
        new GetRecordsCommand({ StreamARN, ShardIterator: place, Limit: READER_LIMITS.records }),
      );
      for (const { Data, ApproximateArrivalTimestamp } of Records) {
        const at = ApproximateArrivalTimestamp?.getTime() ?? 0;
        if (at > to) return true;
        const record = at < from ? undefined : recordOf(Data);
        if (record?.source.id === source) found.push(record);
      }
      if (MillisBehindLatest === 0) return true;
      place = NextShardIterator;
    }
    return place === undefined;
  }

  return {
    async read(range) {
      const { Shards = [] } = await client.send(new ListShardsCommand({ StreamARN }));
      const found: StreamRecord[] = [];
      let complete = Shards.length <= READER_LIMITS.shards;
      // the latest born of them are those that are written to
      await forEachConcurrently(
        Shards.slice(-READER_LIMITS.shards),
        SHARDS_AT_ONCE,
        async ({ ShardId = '' }) => {
          complete = (await readShard(ShardId, { ...range, found }).catch(leftOut)) && complete;
        },
      );
      return { records: found, complete };
    },
  };
}

/** What a shard refuses for the moment is others' to read first. */
function leftOut(fault: unknown): false {
  if (isRetryable(fault)) return false;
  throw fault;
}

function recordOf(data: Uint8Array | undefined): StreamRecord | undefined {
  try {
    return StreamRecord.safeParse(JSON.parse(Buffer.from(data ?? []).toString('utf8'))).data;
  } catch {
    return undefined;
  }
}
