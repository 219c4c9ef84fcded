import type { EpochMs, Pid } from '#shared/events/event.ts';

/** Who is in a segment, or no longer, as of the `n`th version of the person. */
export interface AudienceRow {
  readonly segment: string;
  readonly pid: Pid;
  readonly n: number;
  readonly at: EpochMs;
}

/**
 * Where the rows of segments are kept. Its promises are tested in `test/contract/audience-rows.ts`.
 *
 * Rows are registers ordered by `n`: an older or repeated transition changes nothing, so they may
 * come late, twice and in any order.
 */
export interface AudienceRows {
  enter(row: AudienceRow): Promise<void>;

  leave(row: AudienceRow): Promise<void>;

  /** How many are in the segment, counted row by row. */
  size(segment: string): Promise<number>;
}
