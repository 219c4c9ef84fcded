import * as z from 'zod';
import type {
  EvaluationCounts,
  EvaluationReport,
  RunNotes,
  RunProgress,
  ShardCounts,
} from '#functions/runs/run-progress.ts';
import type { EpochMs } from '#shared/events/event.ts';
import type { PeopleScan } from '#shared/profiles/people-scan.ts';
import { AUDIENCE_SHARDS } from '#shared/segments/audience-rows.ts';
import type { SegmentSizes } from '#shared/segments/segment-sizes.ts';
import type { EvaluationShard } from './compare-shard.ts';
import type { EvaluationPart } from './evaluate-part.ts';

/** A run over everybody; the id is the execution's name. */
export const EvaluationRun = z.object({ runId: z.string().min(1).max(80) });
export type EvaluationRun = z.infer<typeof EvaluationRun>;

/** Some minutes of work. What a state machine passes on stays below 256 KB: some 150 bytes a part. */
const ITEMS_A_PART = 200_000;
export const MAX_PARTS = 600;

/**
 * For so long after a change somebody may still be written by what was before it: containers hold
 * definitions for five seconds, and one that is at work may have another minute.
 */
export const OLD_DEFINITIONS_MS = 70_000;

/** The id of the run that a change begins: one run for one version, however many hear of it. */
export const runOfChange = (version: number): string => `definitions-${version}`;

const versionOf = (runId: string): number | undefined => {
  const [, version] = /^definitions-(\d+)$/.exec(runId) ?? [];
  return version === undefined ? undefined : Number(version);
};

export interface PlanPorts {
  readonly scan: Pick<PeopleScan, 'countItems'>;
  /** Which definitions there are, and since when. */
  readonly definitionsState: () => Promise<{ readonly version: number; readonly changedAt: EpochMs }>;
  readonly progress: Pick<RunProgress, 'keepPlan'>;
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
  const plan = await ports.progress.keepPlan(runId, {
    // The run of a change that another has followed already gives way to that one's
    version: versionOf(runId) ?? version,
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
  readonly progress: Pick<RunProgress, 'find' | 'keepReport'>;
  readonly sizes: SegmentSizes;
  readonly segmentIds: () => Promise<readonly string[]>;
  readonly now: () => EpochMs;
}

/** Ends a run: keeps what the segments were counted to be, and says what it came to. May be repeated. */
export async function finishEvaluation(
  { runId }: EvaluationRun,
  { progress, sizes, segmentIds, now }: FinishPorts,
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
  return progress.keepReport(runId, {
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
export function countsOf({ parts, shards }: Pick<RunNotes, 'parts' | 'shards'>): EvaluationCounts {
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
