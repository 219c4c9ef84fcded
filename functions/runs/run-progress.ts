import * as z from 'zod';
import { type ScanPart, ScanPlace } from '#shared/profiles/people-scan.ts';

const Count = z.int().nonnegative();

/** How far one part of a run over everybody has come. */
export const PartProgress = z.strictObject({
  segment: Count,
  /** Everybody up to here is done; absent before the first stretch. */
  after: ScanPlace.optional(),
  state: z.enum(['running', 'done', 'superseded']),
  /** Stretches of the part that are done; each left a list of who is in which segment. */
  stretches: Count,
  people: Count,
  /** Of them, who was written. */
  written: Count,
  entered: Count,
  exited: Count,
  readUnits: z.number().nonnegative(),
});
export type PartProgress = z.infer<typeof PartProgress>;

/** What was found in one shard of the rows of segments. */
export const ShardCounts = z.strictObject({
  shard: Count,
  /** By segment, the rows of people who are in. */
  members: z.record(z.string(), Count),
  /** Rows put where they were missing, and taken away where they had stayed. */
  restored: Count,
  removed: Count,
  /** Rows of people who are not in, which may yet go by themselves. */
  suspected: Count,
});
export type ShardCounts = z.infer<typeof ShardCounts>;

/** Where runs over everybody note how far they have come. Kept for some weeks. */
export interface RunProgress {
  findPart(runId: string, segment: ScanPart['segment']): Promise<PartProgress | undefined>;
  keepPart(runId: string, progress: PartProgress): Promise<void>;
  keepShard(runId: string, counts: ShardCounts): Promise<void>;
  find(
    runId: string,
  ): Promise<{ readonly parts: readonly PartProgress[]; readonly shards: readonly ShardCounts[] }>;
}
