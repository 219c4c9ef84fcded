import type { PartProgress, RunProgress, ShardCounts } from '#functions/runs/run-progress.ts';

/** Notes of runs in memory. */
export function memoryRunProgress(): RunProgress {
  const parts = new Map<string, ReadonlyMap<number, PartProgress>>();
  const shards = new Map<string, ReadonlyMap<number, ShardCounts>>();
  return {
    findPart: async (runId, segment) => parts.get(runId)?.get(segment),
    async keepPart(runId, progress) {
      parts.set(runId, new Map([...(parts.get(runId) ?? []), [progress.segment, progress]]));
    },
    async keepShard(runId, counts) {
      shards.set(runId, new Map([...(shards.get(runId) ?? []), [counts.shard, counts]]));
    },
    find: async (runId) => ({
      parts: [...(parts.get(runId)?.values() ?? [])].toSorted((a, b) => a.segment - b.segment),
      shards: [...(shards.get(runId)?.values() ?? [])].toSorted((a, b) => a.shard - b.shard),
    }),
  };
}
