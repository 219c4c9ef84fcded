import * as z from 'zod';
import { inTransaction, openDatabase } from './database.ts';
import { endOfSequence, HASH_KEYS, sequenceNumberAt, shardIdOf } from './kinesis-sequence.ts';

const integer = z.number();
const ShardRow = z.object({
  stream: z.string(),
  ix: integer,
  firstHash: z.string(),
  lastHash: z.string(),
  bornAt: integer,
  parent: integer.nullable(),
  adjacent: integer.nullable(),
  bornSequence: z.string(),
  endSequence: z.string().nullable(),
  closedAtMs: integer.nullable(),
});
const StreamRow = z.object({
  name: z.string(),
  createdAtMs: integer,
  retentionMs: integer,
  counter: integer,
});
const RecordRow = z.object({
  sequenceNumber: z.string(),
  partitionKey: z.string(),
  data: z.instanceof(Uint8Array),
  arrivedAtMs: integer,
});

export type KinesisRecord = z.infer<typeof RecordRow>;
type StreamState = z.infer<typeof StreamRow>;

/** A shard as ListShards tells it; an `endSequence` means that it was split or merged. */
export interface Shard {
  readonly id: string;
  readonly index: number;
  readonly firstHash: bigint;
  readonly lastHash: bigint;
  readonly parentIds: readonly string[];
  readonly bornAt: number;
  readonly bornSequence: string;
  readonly endSequence: string | undefined;
}

const TABLES = `
  CREATE TABLE IF NOT EXISTS streams (
    name TEXT PRIMARY KEY, createdAtMs INTEGER NOT NULL, retentionMs INTEGER NOT NULL, counter INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS shards (
    stream TEXT NOT NULL, ix INTEGER NOT NULL, firstHash TEXT NOT NULL, lastHash TEXT NOT NULL,
    bornAt INTEGER NOT NULL, parent INTEGER, adjacent INTEGER, bornSequence TEXT NOT NULL,
    endSequence TEXT, closedAtMs INTEGER, PRIMARY KEY (stream, ix));
  CREATE TABLE IF NOT EXISTS records (
    stream TEXT NOT NULL, shard INTEGER NOT NULL, sequenceNumber TEXT NOT NULL, partitionKey TEXT NOT NULL,
    data BLOB NOT NULL, arrivedAtMs INTEGER NOT NULL, PRIMARY KEY (stream, shard, sequenceNumber));`;

/** How often expired records are deleted; reading never returns them in between. */
const TRIM_EVERY_MS = 60_000;

const toShard = (row: z.infer<typeof ShardRow>): Shard => ({
  id: shardIdOf(row.ix),
  index: row.ix,
  firstHash: BigInt(row.firstHash),
  lastHash: BigInt(row.lastHash),
  parentIds: [row.parent, row.adjacent].flatMap((parent) => (parent === null ? [] : [shardIdOf(parent)])),
  bornAt: row.bornAt,
  bornSequence: row.bornSequence,
  endSequence: row.endSequence ?? undefined,
});

export type KinesisStore = ReturnType<typeof openKinesisStore>;

/** Streams, shards and records in one SQLite file. A write has reached the disk's log before it returns. */
export function openKinesisStore({ dir, now }: { dir: string; now: () => number }) {
  const db = openDatabase(dir, 'kinesis', TABLES);
  const selectStream = db.prepare('SELECT * FROM streams WHERE name = ?');
  const selectShards = db.prepare('SELECT * FROM shards WHERE stream = ? ORDER BY ix');
  const insertRecord = db.prepare('INSERT INTO records VALUES (?, ?, ?, ?, ?, ?)');
  const setCounter = db.prepare('UPDATE streams SET counter = ? WHERE name = ?');
  const selectRecords = db.prepare(
    `SELECT sequenceNumber, partitionKey, data, arrivedAtMs FROM records
     WHERE stream = ? AND shard = ? AND sequenceNumber > ? AND arrivedAtMs >= ? ORDER BY sequenceNumber`,
  );
  const lastBefore = db.prepare(
    'SELECT MAX(sequenceNumber) AS found FROM records WHERE stream = ? AND shard = ? AND arrivedAtMs < ?',
  );
  // What is read on every call; the tables are the truth and refresh it.
  const streams = new Map<string, StreamState>();
  const shards = new Map<string, readonly Shard[]>();
  let trimmedAtMs = 0;

  const refresh = (name: string): void => {
    const row = selectStream.get(name);
    if (!row) return;
    streams.set(name, StreamRow.parse(row));
    shards.set(name, z.array(ShardRow).parse(selectShards.all(name)).map(toShard));
  };
  const bear = (
    stream: StreamState,
    born: { index: number; range: readonly [bigint, bigint]; bornAt: number; parents: readonly number[] },
  ): void => {
    const place = { shardBornAt: born.bornAt, shardIndex: born.index, counter: stream.counter };
    db.prepare('INSERT INTO shards VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL)').run(
      stream.name,
      born.index,
      born.range[0].toString(),
      born.range[1].toString(),
      born.bornAt,
      born.parents[0] ?? null,
      born.parents[1] ?? null,
      sequenceNumberAt(place, born.bornAt),
    );
  };
  const trim = (): void => {
    if (now() - trimmedAtMs < TRIM_EVERY_MS) return;
    trimmedAtMs = now();
    for (const { name, retentionMs } of streams.values()) {
      const horizon = trimmedAtMs - retentionMs;
      db.prepare('DELETE FROM records WHERE stream = ? AND arrivedAtMs < ?').run(name, horizon);
      const gone = db.prepare('DELETE FROM shards WHERE stream = ? AND closedAtMs < ?').run(name, horizon);
      if (gone.changes) refresh(name);
    }
  };
  for (const row of db.prepare('SELECT name FROM streams').all()) refresh(String(row.name));

  return {
    /** Once there, a stream keeps its shards: only splits and merges change them. */
    createStream({
      name,
      shardCount,
      retentionHours,
    }: {
      name: string;
      shardCount: number;
      retentionHours: number;
    }) {
      const retentionMs = retentionHours * 3_600_000;
      const bornAt = Math.floor(now() / 1000);
      inTransaction(db, () => {
        if (streams.has(name)) {
          db.prepare('UPDATE streams SET retentionMs = ? WHERE name = ?').run(retentionMs, name);
          return;
        }
        db.prepare('INSERT INTO streams VALUES (?, ?, ?, 0)').run(name, now(), retentionMs);
        const width = HASH_KEYS / BigInt(shardCount);
        for (let index = 0; index < shardCount; index++) {
          const last = index === shardCount - 1 ? HASH_KEYS - 1n : width * BigInt(index + 1) - 1n;
          const range = [width * BigInt(index), last] as const;
          bear({ name, createdAtMs: now(), retentionMs, counter: 0 }, { index, range, bornAt, parents: [] });
        }
      });
      refresh(name);
    },

    streams: (): readonly StreamState[] => [...streams.values()],
    stream: (name: string): StreamState | undefined => streams.get(name),
    shards: (name: string): readonly Shard[] => shards.get(name) ?? [],

    /** All of them in one transaction: a crash keeps all or none. */
    append(
      name: string,
      entries: readonly { shard: Shard; partitionKey: string; data: Uint8Array }[],
    ): string[] {
      const stream = StreamRow.parse(streams.get(name));
      const arrivedAtMs = now();
      let { counter } = stream;
      const sequenceNumbers: string[] = [];
      inTransaction(db, () => {
        for (const { shard, partitionKey, data } of entries) {
          counter += 1;
          const place = { shardBornAt: shard.bornAt, shardIndex: shard.index, counter };
          const sequenceNumber = sequenceNumberAt(place, Math.floor(arrivedAtMs / 1000));
          insertRecord.run(name, shard.index, sequenceNumber, partitionKey, data, arrivedAtMs);
          sequenceNumbers.push(sequenceNumber);
        }
        setCounter.run(counter, name);
      });
      streams.set(name, { ...stream, counter });
      trim();
      return sequenceNumbers;
    },

    /** Records after a sequence number, oldest first, never one that is past retention. */
    *read(name: string, shard: Shard, after: string): Generator<KinesisRecord> {
      const horizon = now() - StreamRow.parse(streams.get(name)).retentionMs;
      for (const row of selectRecords.iterate(name, shard.index, after, horizon)) yield RecordRow.parse(row);
    },

    /** The place to read after so as to get what arrives from now on. */
    latest: (name: string, shard: Shard): string =>
      endOfSequence({
        shardBornAt: shard.bornAt,
        shardIndex: shard.index,
        counter: StreamRow.parse(streams.get(name)).counter,
      }),

    /** The place to read after so as to get what arrived at that time or later. */
    before(name: string, shard: Shard, atMs: number): string {
      const found = lastBefore.get(name, shard.index, atMs)?.found;
      return typeof found === 'string' ? found : '0';
    },

    /** Closes the parents and bears their children, which own the ranges given. */
    reshard(name: string, parents: readonly Shard[], ranges: readonly (readonly [bigint, bigint])[]): void {
      const stream = StreamRow.parse(streams.get(name));
      // Later than the parents by a second at least: then each child's numbers exceed each parent's.
      const bornAt = Math.max(Math.floor(now() / 1000), ...parents.map((parent) => parent.bornAt + 1));
      const next = Math.max(...(shards.get(name) ?? []).map(({ index }) => index)) + 1;
      inTransaction(db, () => {
        for (const { index, bornAt: shardBornAt } of parents) {
          const end = endOfSequence({ shardBornAt, shardIndex: index, counter: stream.counter });
          db.prepare('UPDATE shards SET endSequence = ?, closedAtMs = ? WHERE stream = ? AND ix = ?').run(
            end,
            now(),
            name,
            index,
          );
        }
        for (const [offset, range] of ranges.entries()) {
          bear(stream, { index: next + offset, range, bornAt, parents: parents.map(({ index }) => index) });
        }
      });
      refresh(name);
    },

    close: (): void => db.close(),
  };
}
