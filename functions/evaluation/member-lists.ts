import * as z from 'zod';
import { shardOf } from '#functions/adapters/dynamodb/audience-shards.ts';
import type { RunFiles } from '#functions/runs/run-files.ts';
import { type EpochMs, Pid } from '#shared/events/event.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { AUDIENCE_SHARDS } from '#shared/segments/audience-rows.ts';

/** Longer than table `people`'s stream keeps a write: what it has not told by then, it never will. */
export const TOLD_WITHIN_HOURS = 25;
export const TOLD_WITHIN_MS = TOLD_WITHIN_HOURS * 3_600_000;

/** Of one shard and one stretch of a scan, who is in which segment, by segment. */
const MemberList = z.record(
  z.string(),
  z.strictObject({
    /** In for so long that their rows are there, unless they were lost. */
    settled: z.array(Pid),
    /** In of late: their rows may be on their way. */
    fresh: z.array(Pid),
  }),
);

/** When a person was last made of two, or set apart: rows moved then, and nobody entered. */
export const lastRegroupedAt = ({ profile }: Person): EpochMs =>
  Math.max(0, ...Object.values(profile.absorbed), ...Object.values(profile.parted));

/** Since when a person's row in a segment stands as it is; `undefined` for who is not in it. */
export function standsSince(person: Person, segment: string): EpochMs | undefined {
  const { segments } = person.activity;
  const since = Object.hasOwn(segments, segment) ? segments[segment] : undefined;
  return since === undefined ? undefined : Math.max(since, lastRegroupedAt(person));
}

/** A person's rows as they should be. */
export interface Standing {
  readonly pid: Pid;
  /** By segment, since when the row stands as it is. */
  readonly since: Readonly<Record<string, EpochMs>>;
}

export const standingOf = (person: Person): Standing => ({
  pid: person.pid,
  since: Object.fromEntries(
    Object.keys(person.activity.segments).map((id) => [id, standsSince(person, id) ?? 0]),
  ),
});

interface Stretch {
  readonly runId: string;
  readonly segment: number;
  readonly stretch: number;
}

const listKey = ({ runId, segment, stretch }: Stretch, shard: number): string =>
  `runs/evaluations/${runId}/members-${shard}/${segment}-${stretch}.json`;

/** Lists who is in which segment, for those who go through the rows to compare; empty shards are listed too. */
export async function keepMemberLists(
  stretch: Stretch,
  people: readonly Standing[],
  { files, now }: { readonly files: RunFiles; readonly now: () => EpochMs },
): Promise<void> {
  const settledBefore = now() - TOLD_WITHIN_MS;
  const shards = Map.groupBy(people, ({ pid }) => shardOf(pid));
  const write = async (shard: number): Promise<void> => {
    const list: z.infer<typeof MemberList> = {};
    for (const { pid, since } of shards.get(shard) ?? []) {
      for (const [id, at] of Object.entries(since)) {
        const members = list[id] ?? { settled: [], fresh: [] };
        list[id] = members;
        (at < settledBefore ? members.settled : members.fresh).push(pid);
      }
    }
    await files.keepJson(listKey(stretch, shard), MemberList, list);
  };
  await Promise.all(Array.from({ length: AUDIENCE_SHARDS }, (_, shard) => write(shard)));
}

/** Who is in a segment. */
export interface Members {
  readonly settled: Set<Pid>;
  readonly fresh: Set<Pid>;
}

/** Reads what stretches listed of one shard. */
export async function readMemberLists(
  { shard, stretches }: { readonly shard: number; readonly stretches: readonly Stretch[] },
  { files }: { readonly files: Pick<RunFiles, 'readJson'> },
): Promise<Map<string, Members>> {
  const members = new Map<string, Members>();
  for (const place of stretches) {
    const list = await files.readJson(listKey(place, shard), MemberList);
    for (const [id, { settled, fresh }] of Object.entries(list)) {
      const into = members.get(id) ?? { settled: new Set(), fresh: new Set() };
      for (const pid of settled) into.settled.add(pid);
      for (const pid of fresh) into.fresh.add(pid);
      members.set(id, into);
    }
  }
  return members;
}
