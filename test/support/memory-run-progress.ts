import type {
  EvaluationPlan,
  EvaluationReport,
  PartProgress,
  RunProgress,
  ShardCounts,
} from '#functions/runs/run-progress.ts';

/** Notes of runs in memory. */
export function memoryRunProgress(): RunProgress {
  const parts = new Map<string, ReadonlyMap<number, PartProgress>>();
  const shards = new Map<string, ReadonlyMap<number, ShardCounts>>();
  const plans = new Map<string, EvaluationPlan>();
  const reports = new Map<string, EvaluationReport>();
  const keep = <T>(all: Map<string, T>, runId: string, one: T): T => {
    const kept = all.get(runId) ?? one;
    all.set(runId, kept);
    return kept;
  };
  return {
    keepPlan: async (runId, plan) => keep(plans, runId, plan),
    keepReport: async (runId, report) => keep(reports, runId, report),
    findPart: async (runId, segment) => parts.get(runId)?.get(segment),
    async keepPart(runId, progress) {
      parts.set(runId, new Map([...(parts.get(runId) ?? []), [progress.segment, progress]]));
    },
    async keepShard(runId, counts) {
      shards.set(runId, new Map([...(shards.get(runId) ?? []), [counts.shard, counts]]));
    },
    async find(runId) {
      const [plan, report] = [plans.get(runId), reports.get(runId)];
      return {
        parts: [...(parts.get(runId)?.values() ?? [])].toSorted((a, b) => a.segment - b.segment),
        shards: [...(shards.get(runId)?.values() ?? [])].toSorted((a, b) => a.shard - b.shard),
        ...(plan !== undefined && { plan }),
        ...(report !== undefined && { report }),
      };
    },
  };
}
