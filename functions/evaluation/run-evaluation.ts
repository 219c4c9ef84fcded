import * as z from 'zod';
import type { RunFiles } from '#functions/runs/run-files.ts';
import type { PartProgress, RunProgress, ShardCounts } from '#functions/runs/run-progress.ts';
import type { EpochMs } from '#shared/events/event.ts';
import type { PeopleScan } from '#shared/profiles/people-scan.ts';
import { AUDIENCE_SHARDS } from '#shared/segments/audience-rows.ts';
import type { SegmentSizes } from '#shared/segments/segment-sizes.ts';
import type { EvaluationShard } from './compare-shard.ts';
import type { EvaluationPart } from './evaluate-part.ts';

/** A run over everybody; the id is the execution's name. */
export const EvaluationRun = z.object({ runId: z.string().min(1).max(80) });
export type EvaluationRun = z.infer<typeof EvaluationRun>;

const Count = z.int().nonnegative();

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

export const planKeyOf = (runId: string): string => `runs/evaluations/${runId}/plan.json`;
export const reportKeyOf = (runId: string): string => `runs/evaluations/${runId}/report.json`;

/** Some minutes of work. What a state machine passes on stays below 256 KB: some 150 bytes a part. */
const ITEMS_A_PART = 200_000;
export const MAX_PARTS = 600;

/**
 * For so long after a change somebody may still be written by what was before it: containers hold
 * definitions for five seconds, and one that is at work may have another minute.
 */
export const OLD_DEFINITIONS_MS = 70_000;

export interface PlanPorts {
  readonly scan: Pick<PeopleScan, 'countItems'>;
  /** Which definitions there are, and since when. */
  readonly definitionsState: () => Promise<{ readonly version: number; readonly changedAt: EpochMs }>;
  readonly files: RunFiles;
  readonly now: () => EpochMs;
  /** @default 200,000 */
  readonly itemsAPart?: number;
}

/** Begins a run: by which definitions, when, and in how many parts. */
export async function planEvaluation({ runId }: EvaluationRun, ports: PlanPorts) {
  const [{ version, changedAt }, items] = await Promise.all([
    ports.definitionsState(),
    ports.scan.countItems(),
  ]);
  const now = ports.now();
  const beginsAt = Math.max(now, changedAt + OLD_DEFINITIONS_MS);
  const of = Math.min(MAX_PARTS, Math.max(1, Math.ceil(items / (ports.itemsAPart ?? ITEMS_A_PART))));
  const plan = await ports.files.keepJson(planKeyOf(runId), EvaluationPlan, {
    version,
    plannedAt: new Date(now).toISOString(),
    beginsAt: new Date(beginsAt).toISOString(),
    parts: of,
  });
  return {
    runId,
    waitSeconds: Math.max(0, Math.ceil((Date.parse(plan.beginsAt) - now) / 1000)),
    parts: Array.from(
      { length: plan.parts },
      (_, segment): EvaluationPart => ({ runId, version: plan.version, segment, of: plan.parts }),
    ),
    shards: Array.from({ length: AUDIENCE_SHARDS }, (_, shard): EvaluationShard => ({ runId, shard })),
  };
}

export interface FinishPorts {
  readonly progress: Pick<RunProgress, 'find'>;
  readonly sizes: SegmentSizes;
  readonly segmentIds: () => Promise<readonly string[]>;
  readonly files: RunFiles;
  readonly now: () => EpochMs;
}

/** Ends a run: keeps what the segments were counted to be, and says what it came to. May be repeated. */
export async function finishEvaluation(
  { runId }: EvaluationRun,
  { progress, sizes, segmentIds, files, now }: FinishPorts,
): Promise<EvaluationReport> {
  const found = await progress.find(runId);
  const at = now();
  const isDone = found.parts.every(({ state }) => state === 'done');
  if (isDone) {
    const defined = new Set(await segmentIds());
    for (const [segment, size] of membersOf(found.shards)) {
      await sizes.keep(segment, { at, size });
      // kept as empty once more, since that is what it came to
      if (size === 0 && !defined.has(segment)) await sizes.forget(segment);
    }
  }
  return files.keepJson(reportKeyOf(runId), EvaluationReport, {
    outcome: isDone ? 'done' : 'superseded',
    finishedAt: new Date(at).toISOString(),
    counts: countsOf(found),
  });
}

function membersOf(shards: readonly ShardCounts[]): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const { members } of shards) {
    for (const [segment, size] of Object.entries(members))
      sizes.set(segment, (sizes.get(segment) ?? 0) + size);
  }
  return sizes;
}

/** Adds up what parts and shards noted so far. */
export function countsOf({
  parts,
  shards,
}: {
  readonly parts: readonly PartProgress[];
  readonly shards: readonly ShardCounts[];
}): EvaluationCounts {
  const sum = <T>(all: readonly T[], count: (one: T) => number): number =>
    all.reduce((total, one) => total + count(one), 0);
  return {
    partsDone: parts.filter(({ state }) => state === 'done').length,
    people: sum(parts, ({ people }) => people),
    written: sum(parts, ({ written }) => written),
    entered: sum(parts, ({ entered }) => entered),
    exited: sum(parts, ({ exited }) => exited),
    readUnits: sum(parts, ({ readUnits }) => readUnits),
    restored: sum(shards, ({ restored }) => restored),
    removed: sum(shards, ({ removed }) => removed),
  };
}
