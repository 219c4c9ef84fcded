import { AwsError } from '#local/gate/aws-call.ts';
import { hashKeyOf } from './kinesis-sequence.ts';
import { type KinesisRecord, openKinesisStore, type Shard } from './kinesis-store.ts';
import { createThroughput, type ShardLimits } from './kinesis-throughput.ts';

const MIB = 1024 * 1024;
const RECORD_BYTES = MIB;
const REQUEST_BYTES = 10 * MIB;
const READ_BYTES = 10 * MIB;

/** Where reading starts: every record still kept, only what comes from now on, or from a time on. */
export type StartingPosition =
  | { readonly kind: 'TRIM_HORIZON' }
  | { readonly kind: 'LATEST' }
  | { readonly kind: 'AT_TIMESTAMP'; readonly atMs: number };

export interface Entry {
  readonly Data: Buffer;
  readonly PartitionKey: string;
  readonly ExplicitHashKey?: string | undefined;
}

export type PutResult =
  | { readonly ShardId: string; readonly SequenceNumber: string | undefined }
  | { readonly ErrorCode: string; readonly ErrorMessage: string };

export interface LogOptions {
  readonly dir: string;
  readonly shardLimits?: ShardLimits;
  readonly now: () => number;
}

/** Streams as AWS keeps them, without its wire: who owns a record, what is too much, how shards divide. */
export function openKinesisLog({ dir, shardLimits, now }: LogOptions) {
  const store = openKinesisStore({ dir, now });
  const takes = createThroughput(shardLimits, now);
  const listeners = new Map<string, Set<() => void>>();
  const changed = (stream: string): void => {
    for (const listener of listeners.get(stream) ?? []) listener();
  };

  const shardOf = (stream: string, id: string): Shard => {
    const shard = store.shards(stream).find((one) => one.id === id);
    if (shard) return shard;
    throw new AwsError('ResourceNotFoundException', `Shard ${id} in stream ${stream} does not exist`);
  };
  const openShard = (stream: string, id: string): Shard => {
    const shard = shardOf(stream, id);
    if (shard.endSequence === undefined) return shard;
    throw new AwsError('InvalidArgumentException', `Shard ${id} in stream ${stream} is closed already`);
  };
  const ownerOf = (stream: string, { PartitionKey, ExplicitHashKey }: Entry): Shard => {
    const hash = ExplicitHashKey ? BigInt(ExplicitHashKey) : hashKeyOf(PartitionKey);
    const owner = store
      .shards(stream)
      .find((shard) => !shard.endSequence && shard.firstHash <= hash && hash <= shard.lastHash);
    if (owner) return owner;
    throw new AwsError(
      'InvalidArgumentException',
      `ExplicitHashKey ${hash} is beyond the range of hash keys`,
    );
  };

  return {
    createStream: store.createStream,
    streams: store.streams,
    stream: store.stream,
    shards: store.shards,
    shardOf,
    close: store.close,

    /** Keeps what the shards take, in one transaction; the rest is answered as throttled, record by record. */
    put(stream: string, entries: readonly Entry[]): PutResult[] {
      const sizes = entries.map(({ Data, PartitionKey }) => Data.length + Buffer.byteLength(PartitionKey));
      if (sizes.some((size) => size > RECORD_BYTES)) {
        throw new AwsError('InvalidArgumentException', `A record is larger than ${RECORD_BYTES} bytes`);
      }
      if (sizes.reduce((sum, size) => sum + size, 0) > REQUEST_BYTES) {
        throw new AwsError('InvalidArgumentException', `Records size exceeds ${REQUEST_BYTES} bytes`);
      }
      const routed = entries.map((entry, index) => {
        const shard = ownerOf(stream, entry);
        const taken = takes(`${stream}/${shard.id}`, sizes[index] ?? 0);
        return { shard, partitionKey: entry.PartitionKey, data: entry.Data, taken };
      });
      const kept = routed.filter(({ taken }) => taken);
      const numbers = store.append(stream, kept).values();
      changed(stream);
      return routed.map(({ shard, taken }) =>
        taken
          ? { ShardId: shard.id, SequenceNumber: numbers.next().value }
          : {
              ErrorCode: 'ProvisionedThroughputExceededException',
              ErrorMessage: `Rate exceeded for shard ${shard.id} in stream ${stream}.`,
            },
      );
    },

    /** The place to read a shard after so as to start where the position says. */
    placeOf(stream: string, shardId: string, start: StartingPosition): string {
      if (start.kind === 'TRIM_HORIZON') return '0';
      const shard = shardOf(stream, shardId);
      return start.kind === 'LATEST' ? store.latest(stream, shard) : store.before(stream, shard, start.atMs);
    },

    /** Records after a place; `next` is the first one left out, `ended` says that none will ever come. */
    readAfter(place: { stream: string; shardId: string; after: string; limit: number }) {
      const shard = shardOf(place.stream, place.shardId);
      const records: KinesisRecord[] = [];
      let bytes = 0;
      for (const record of store.read(place.stream, shard, place.after)) {
        bytes += record.data.length;
        if (records.length === place.limit || (bytes > READ_BYTES && records.length > 0)) {
          return { records, next: record, ended: false };
        }
        records.push(record);
      }
      return { records, next: undefined, ended: shard.endSequence !== undefined };
    },

    split(stream: string, shardId: string, middle: bigint): void {
      const shard = openShard(stream, shardId);
      if (middle <= shard.firstHash || middle > shard.lastHash) {
        throw new AwsError(
          'InvalidArgumentException',
          `NewStartingHashKey ${middle} is not inside the shard`,
        );
      }
      const halves = [
        [shard.firstHash, middle - 1n],
        [middle, shard.lastHash],
      ] as const;
      store.reshard(stream, [shard], halves);
      changed(stream);
    },

    merge(stream: string, shardId: string, otherId: string): void {
      const shard = openShard(stream, shardId);
      const other = openShard(stream, otherId);
      const [low, high] = shard.firstHash < other.firstHash ? [shard, other] : [other, shard];
      if (low.lastHash + 1n !== high.firstHash) {
        throw new AwsError('InvalidArgumentException', `Shards ${shardId} and ${otherId} are not adjacent`);
      }
      store.reshard(stream, [shard, other], [[low.firstHash, high.lastHash]]);
      changed(stream);
    },

    /** Calls back, in this process, whenever the stream has new records or new shards. */
    subscribe(stream: string, listener: () => void): () => void {
      const set = listeners.get(stream) ?? new Set();
      listeners.set(stream, set.add(listener));
      return () => void set.delete(listener);
    },
  };
}
