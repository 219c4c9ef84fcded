import type { CompareShardPorts } from '#functions/evaluation/compare-shard.ts';
import { compareShard } from '#functions/evaluation/compare-shard.ts';
import type { EvaluatePartPorts } from '#functions/evaluation/evaluate-part.ts';
import { evaluatePart } from '#functions/evaluation/evaluate-part.ts';
import { finishEvaluation, planEvaluation } from '#functions/evaluation/run-evaluation.ts';
import type { EvaluationReport } from '#functions/runs/run-progress.ts';
import { followTransitions } from '#functions/segments/follow-transitions.ts';
import type { Definitions } from '#shared/profiles/definitions.ts';
import type { Announcement } from '#shared/segments/announcement.ts';
import { compileSegments } from '#shared/segments/compile.ts';
import type { Condition } from '#shared/segments/condition.ts';
import { Segment } from '#shared/segments/segment.ts';
import { applying } from './applying.ts';
import { memoryAudienceRows } from './memory-audience-rows.ts';
import { memoryPeopleScan } from './memory-people-scan.ts';
import { memoryRunProgress } from './memory-run-progress.ts';
import { memorySegmentSizes } from './memory-segment-sizes.ts';
import { memoryRunFiles } from './runs.ts';

interface Defined extends Definitions {
  readonly segmentIds: readonly string[];
}

/** Definitions of a version: segments by id. */
export const definitionsOf = (version: number, conditions: Readonly<Record<string, Condition>>): Defined => ({
  ...compileSegments(
    Object.entries(conditions).map(([id, condition]) => Segment.parse({ id, name: id, condition })),
    version,
  ),
  segmentIds: Object.keys(conditions),
});

/** A λ and a run over everybody, over the same people in memory and by the same newest definitions. */
export function evaluating(first: Defined) {
  const there = applying();
  const catalog = { newest: first };
  /** What a container has that holds to older ones until somebody was written under newer. */
  const holding = (held: Definitions) => ({
    current: async (version: number) => (held.version >= version ? held : catalog.newest),
  });
  const ports: EvaluatePartPorts = {
    people: there.people,
    scan: memoryPeopleScan(there.everybody),
    definitions: { current: async () => catalog.newest },
    progress: memoryRunProgress(),
    files: memoryRunFiles(),
    now: () => there.clock.now,
    pause: async () => {},
    remainingMs: () => 600_000,
  };
  const rows = memoryAudienceRows();
  const sizes = memorySegmentSizes();
  const told: Announcement[] = [];
  const announcer = { announce: async (news: readonly Announcement[]) => void told.push(...news) };
  const comparing: Pick<CompareShardPorts, 'rows' | 'announcer' | 'segmentIds'> & {
    readonly sizes: typeof sizes;
  } = {
    rows,
    announcer,
    sizes,
    segmentIds: async () => catalog.newest.segmentIds,
  };
  let followed = 0;
  return {
    ...there,
    rows,
    sizes,
    told,
    comparing,
    /** Lets the table's stream tell what it has not told yet. */
    async follow(): Promise<void> {
      for (const { pid, mergedInto, transitions } of there.outbox.slice(followed)) {
        await followTransitions(
          { pid, out: transitions, ...(mergedInto !== undefined && { mergedInto }) },
          { rows, announcer },
        );
      }
      followed = there.outbox.length;
    },
    /** Lets it lose what it has not told yet. */
    lose(): void {
      followed = there.outbox.length;
    },
    ports: { ...there.ports, definitions: ports.definitions },
    evaluation: ports,
    catalog,
    holding,
  };
}

/** A whole run over everybody, step by step as its state machine takes them. */
export async function runEvaluation(
  there: ReturnType<typeof evaluating>,
  runId: string,
): Promise<EvaluationReport> {
  const ports = { ...there.evaluation, ...there.comparing };
  const { version } = there.catalog.newest;
  const plan = await planEvaluation(
    { runId },
    { ...ports, definitionsState: async () => ({ version, changedAt: 0 }), itemsAPart: 4 },
  );
  for (const part of plan.parts) await evaluatePart(part, ports);
  for (const shard of plan.shards) await compareShard(shard, ports);
  return finishEvaluation({ runId }, ports);
}
