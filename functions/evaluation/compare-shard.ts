import * as z from 'zod';
import type { RunFiles } from '#functions/runs/run-files.ts';
import type { RunProgress, ShardCounts } from '#functions/runs/run-progress.ts';
import { forEachConcurrently } from '#functions/runtime/concurrency.ts';
import type { EpochMs, Pid } from '#shared/events/event.ts';
import type { PeopleRepository } from '#shared/profiles/people-repository.ts';
import type { Announcer } from '#shared/segments/announcement.ts';
import type { AudienceRows, StoredRow } from '#shared/segments/audience-rows.ts';
import type { SegmentSizes } from '#shared/segments/segment-sizes.ts';
import { type Members, readMemberLists, standsSince, TOLD_WITHIN_MS } from './member-lists.ts';

/** One shard of the rows of all segments. */
export const EvaluationShard = z.object({
  runId: z.string().min(1).max(80),
  shard: z.int().nonnegative(),
});
export type EvaluationShard = z.infer<typeof EvaluationShard>;

export interface CompareShardPorts {
  readonly people: Pick<PeopleRepository, 'findMany'>;
  readonly rows: AudienceRows;
  readonly announcer: Announcer;
  readonly sizes: Pick<SegmentSizes, 'latest'>;
  /** The ids of the segments that there are. */
  readonly segmentIds: () => Promise<readonly string[]>;
  readonly progress: Pick<RunProgress, 'find' | 'keepShard'>;
  readonly files: Pick<RunFiles, 'readJson'>;
  readonly now: () => EpochMs;
}

const NOBODY: Members = { settled: new Set(), fresh: new Set() };
const CONCURRENCY = 8;

/**
 * Compares one shard of the rows of segments with the people whom a run found in them, counts the rows,
 * and mends what the table's stream has lost. May be repeated.
 *
 * The lists are older than the rows, so that each difference is looked at again in the person, read
 * consistently. Only what the stream can no longer tell is mended: rows are written before news, so that a
 * row which is not there so late was never told, and one that stands for so long of somebody who is not in
 * was never told either. Each is told first and then written, under an id that is the same when it is
 * repeated.
 *
 * @returns nothing for a run that gave way to a later one.
 */
export async function compareShard(
  { runId, shard }: EvaluationShard,
  ports: CompareShardPorts,
): Promise<ShardCounts | undefined> {
  const { parts } = await ports.progress.find(runId);
  if (parts.some(({ state }) => state !== 'done')) return undefined;
  const stretches = parts.flatMap(({ segment, stretches: count }) =>
    Array.from({ length: count }, (_, stretch) => ({ runId, segment, stretch })),
  );
  const [lists, latest, defined] = await Promise.all([
    readMemberLists({ shard, stretches }, ports),
    ports.sizes.latest(),
    ports.segmentIds(),
  ]);

  const counts = { shard, members: new Map<string, number>(), restored: 0, removed: 0, suspected: 0 };
  for (const segment of new Set([...defined, ...latest.keys(), ...lists.keys()])) {
    const { missing, stray, size } = await compare({ segment, shard }, lists.get(segment) ?? NOBODY, ports);
    let restored = 0;
    let removed = 0;
    await forEachConcurrently(missing, CONCURRENCY, async (pid) => {
      if (await restore({ segment, pid }, ports)) restored += 1;
    });
    await forEachConcurrently(stray, CONCURRENCY, async (row) => {
      const done = await remove(segment, row, ports);
      if (done === 'removed') removed += 1;
      if (done === 'suspected') counts.suspected += 1;
    });
    counts.members.set(segment, size + restored - removed);
    counts.restored += restored;
    counts.removed += removed;
  }
  const result = { ...counts, members: Object.fromEntries(counts.members) };
  await ports.progress.keepShard(runId, result);
  return result;
}

/** Rows that should be there, rows that should not, and how many there are. */
async function compare(
  { segment, shard }: { readonly segment: string; readonly shard: number },
  { settled, fresh }: Members,
  { rows }: Pick<CompareShardPorts, 'rows'>,
): Promise<{
  readonly missing: readonly Pid[];
  readonly stray: readonly StoredRow[];
  readonly size: number;
}> {
  const missing = new Set(settled);
  const stray: StoredRow[] = [];
  let size = 0;
  for await (const page of rows.rowsOf(segment, shard)) {
    for (const row of page) {
      if (!row.isIn) continue;
      size += 1;
      missing.delete(row.pid);
      if (!settled.has(row.pid) && !fresh.has(row.pid)) stray.push(row);
    }
  }
  return { missing: [...missing], stray, size };
}

/** Puts the row of somebody who is in, and tells that they entered if nothing else may have told it. */
async function restore(
  { segment, pid }: { readonly segment: string; readonly pid: Pid },
  { people, rows, announcer, now }: CompareShardPorts,
): Promise<boolean> {
  const person = (await people.findMany([pid], { consistent: true })).get(pid);
  if (person?.pid !== pid) return false;
  const stands = standsSince(person, segment);
  const at = person.activity.segments[segment];
  if (stands === undefined || at === undefined || stands > now() - TOLD_WITHIN_MS) return false;
  // Rows that moved in a merge were told of when whoever they were of before entered
  if (stands === at) {
    await announcer.announce([
      { kind: 'Segment Entered', id: `${pid}#since-${at}#${segment}`, pid, segment, at },
    ]);
  }
  await rows.enter({ segment, pid, n: person.activity.version, at });
  return true;
}

/** Takes away the row of somebody who is not in, once it has stood for so long that nothing else will. */
async function remove(
  segment: string,
  { pid, n, suspectedAt }: StoredRow,
  { people, rows, announcer, now }: CompareShardPorts,
): Promise<'removed' | 'suspected' | 'right'> {
  const person = (await people.findMany([pid], { consistent: true })).get(pid);
  const isThemselves = person?.pid === pid;
  if (isThemselves && Object.hasOwn(person.activity.segments, segment)) return 'right';
  const at = now();
  if (suspectedAt === undefined || suspectedAt > at - TOLD_WITHIN_MS) {
    await rows.suspect({ segment, pid, n, at });
    return 'suspected';
  }
  // Whoever was absorbed is in it as the other, or was told to have left as that one
  if (isThemselves || person === undefined) {
    await announcer.announce([
      { kind: 'Segment Exited', id: `${pid}#after-${n}#${segment}`, pid, segment, at: suspectedAt },
    ]);
  }
  await rows.leave({ segment, pid, n: n + 1, at });
  return 'removed';
}
