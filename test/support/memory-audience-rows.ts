import type { AudienceRow, AudienceRows } from '#shared/segments/audience-rows.ts';

export interface MemoryAudienceRows extends AudienceRows {
  /** The pids in a segment, in order. */
  members(segment: string): readonly string[];
}

/** Audience rows in memory: a register for each segment and person. */
export function memoryAudienceRows(): MemoryAudienceRows {
  const rows = new Map<string, AudienceRow & { readonly left: boolean }>();
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
  };
}
