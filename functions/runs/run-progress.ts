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

/** What a run set out to do. */
export const EvaluationPlan = z.strictObject({
  /** Of the definitions: nobody is evaluated by older ones. */
  version: Count,
  plannedAt: z.iso.datetime(),
  /** From when on nobody is written by older definitions any more. */
  beginsAt: z.iso.datetime(),
  parts: z.int().positive(),
});
export type EvaluationPlan = z.infer<typeof EvaluationPlan>;

/** What a run has done so far, or came to. */
export const EvaluationCounts = z.strictObject({
  partsDone: Count,
  people: Count.describe('who was looked at'),
  written: Count.describe(
    'of them, who entered or left a segment or is to be looked at again at another time',
  ),
  entered: Count,
  exited: Count,
  readUnits: z.number().nonnegative(),
  restored: Count.describe('rows that were missing, and are there again'),
  removed: Count.describe('rows that had stayed of people who are not in'),
});
export type EvaluationCounts = z.infer<typeof EvaluationCounts>;

/** What a run came to. */
export const EvaluationReport = z.strictObject({
  outcome: z.enum(['done', 'superseded']),
  finishedAt: z.iso.datetime(),
  counts: EvaluationCounts,
});
export type EvaluationReport = z.infer<typeof EvaluationReport>;

/** All that a run noted. */
export interface RunNotes {
  readonly plan?: EvaluationPlan;
  /** By their segment. */
  readonly parts: readonly PartProgress[];
  readonly shards: readonly ShardCounts[];
  readonly report?: EvaluationReport;
}

/**
 * Where runs over everybody note how far they have come. Kept for some weeks. Its promises are tested in
 * `test/contract/run-progress.ts`.
 */
export interface RunProgress {
  /** Keeps what a run sets out to do unless it was kept before, and gives what is kept. */
  keepPlan(runId: string, plan: EvaluationPlan): Promise<EvaluationPlan>;
  findPart(runId: string, segment: ScanPart['segment']): Promise<PartProgress | undefined>;
  keepPart(runId: string, progress: PartProgress): Promise<void>;
  keepShard(runId: string, counts: ShardCounts): Promise<void>;
  /** As of plans. */
  keepReport(runId: string, report: EvaluationReport): Promise<EvaluationReport>;
  find(runId: string): Promise<RunNotes>;
}
