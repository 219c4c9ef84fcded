import { shardOf } from '#functions/adapters/dynamodb/audience-shards.ts';
import type { AudienceRow, AudienceRows } from '#shared/segments/audience-rows.ts';

export interface MemoryAudienceRows extends AudienceRows {
  /** The pids in a segment, in order. */
  members(segment: string): readonly string[];
}

/** Audience rows in memory: a register for each segment and person. */
export function memoryAudienceRows(): MemoryAudienceRows {
  const rows = new Map<string, AudienceRow & { readonly left: boolean; readonly suspectedAt?: number }>();
  const put = (row: AudienceRow, left: boolean) => {
    const key = `${row.segment}#${row.pid}`;
    if ((rows.get(key)?.n ?? -1) < row.n) rows.set(key, { ...row, left });
  };
  const members = (segment: string) =>
    [...rows.values()]
      .filter((row) => row.segment === segment && !row.left)
      .map((row) => row.pid)
      .sort();

  return {
    members,
    enter: async (row) => put(row, false),
    leave: async (row) => put(row, true),
    size: async (segment) => members(segment).length,
    async *rowsOf(segment, shard) {
      for (const row of [...rows.values()]) {
        if (row.segment !== segment || shardOf(row.pid) !== shard) continue;
        const { pid, n, left, suspectedAt } = row;
        yield [{ pid, n, isIn: !left, ...(suspectedAt !== undefined && { suspectedAt }) }];
      }
    },
    async suspect({ segment, pid, n, at }) {
      const key = `${segment}#${pid}`;
      const row = rows.get(key);
      if (row?.n === n) rows.set(key, { ...row, suspectedAt: row.suspectedAt ?? at });
    },
  };
}
