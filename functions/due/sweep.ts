import type { SweepPlaceKeeper } from '#functions/adapters/dynamodb/sweep-places.ts';
import type { KeyedRecord, RecordsStream } from '#functions/adapters/kinesis/events-stream.ts';
import { forEachConcurrently } from '#functions/runtime/concurrency.ts';
import type { EpochMs } from '#shared/events/event.ts';
import { MAX_TICK_PIDS } from '#shared/events/stream-record.ts';
import { DUE_SHARDS, type DueIndex, type DuePlace } from '#shared/segments/due-index.ts';
import { behindOf, PASSES, rangeOf, type ShardSweep, through } from '#shared/segments/sweep-pass.ts';

export interface SweepPorts {
  readonly due: DueIndex;
  readonly places: SweepPlaceKeeper;
  readonly stream: RecordsStream;
  readonly now: () => EpochMs;
  /** Waits until so many more people may be put on the stream, which carries events as well. */
  readonly pace: (people: number) => Promise<void>;
  /** Whether the run has lasted long enough: the next goes on where it stopped. */
  readonly isOver: () => boolean;
}

/** People read, paced and put at once: ten records. */
const PAGE = 10 * MAX_TICK_PIDS;
const AT_ONCE = 8;

/**
 * Puts everybody on the stream who is due, so that they are looked at. It reads nobody who is not due, marks
 * nobody as done, and writes only how far it has come: whoever stands in the index still is put again, later
 * and later each time (see `AGAIN_AFTER_MS`).
 *
 * A run that ends anywhere is gone on with by the next, however long after; a place is kept only of people who
 * are durable in the stream.
 *
 * @returns how many were put.
 * @throws the first fault, when the other shards are through and their places kept.
 */
export async function sweep(ports: SweepPorts): Promise<number> {
  const now = ports.now();
  const before = await ports.places.read();
  const after = new Map<number, ShardSweep>(before);
  let put = 0;
  let fault: unknown;

  await forEachConcurrently(furthestBehindFirst(before), AT_ONCE, async (shard) => {
    const keep = (passes: ShardSweep): void => void after.set(shard, passes);
    try {
      put += await sweepShard(shard, { passes: before.get(shard) ?? [], now, keep, ports });
    } catch (reason) {
      fault ??= reason;
    }
  });

  if (JSON.stringify([...after]) !== JSON.stringify([...before])) await ports.places.save(after);
  if (fault !== undefined) throw fault;
  return put;
}

/** A run that has no time for all of them takes those first that had to wait the last time. */
function furthestBehindFirst(places: ReadonlyMap<number, ShardSweep>): readonly number[] {
  const upTo = (shard: number): EpochMs => places.get(shard)?.[0]?.upTo ?? 0;
  return Array.from({ length: DUE_SHARDS }, (_, shard) => shard).sort((a, b) => upTo(a) - upTo(b));
}

interface ShardRun {
  readonly passes: ShardSweep;
  readonly now: EpochMs;
  readonly keep: (passes: ShardSweep) => void;
  readonly ports: SweepPorts;
}

/** @returns how many were put. */
async function sweepShard(shard: number, { passes: before, now, keep, ports }: ShardRun): Promise<number> {
  const { due, isOver } = ports;
  // Mostly nobody is due, which one read tells: then no pass has anything to do, nor any place to keep
  const { people: anybody } = await due.find({ shard, until: now, limit: 1 });
  if (anybody.length === 0) return 0;

  const passes = [...before];
  let put = 0;
  for (let n = 0; n < PASSES; n++) {
    const { pass, until } = rangeOf(passes, n, now);
    passes[n] = pass;
    keep([...passes]);
    let behind = pass.behind;
    while (until !== undefined && !isOver()) {
      const page = await due.find({ shard, after: pass.upTo, behind, until, limit: PAGE });
      await ports.pace(page.people.length);
      await ports.stream.put(ticksOf(shard, page.people));
      put += page.people.length;
      behind = page.hasMore ? (page.people.at(-1) ?? behind) : undefined;
      passes[n] = behind === undefined ? through(until) : behindOf(pass, behind);
      keep([...passes]);
      if (behind === undefined) break;
    }
  }
  return put;
}

/** Records of one shard stay in order, those of several are worked on at once. */
function ticksOf(shard: number, people: readonly DuePlace[]): readonly KeyedRecord[] {
  const records: KeyedRecord[] = [];
  for (let at = 0; at < people.length; at += MAX_TICK_PIDS) {
    const pids = people.slice(at, at + MAX_TICK_PIDS).map(({ pid }) => pid);
    records.push({ partitionKey: `due#${shard}`, record: { v: 1, tick: { pids } } });
  }
  return records;
}
