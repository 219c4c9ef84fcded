import type { EpochMs, Pid } from '#shared/events/event.ts';

/** Who is in a segment, or no longer, as of the `n`th version of the person. */
export interface AudienceRow {
  readonly segment: string;
  readonly pid: Pid;
  readonly n: number;
  readonly at: EpochMs;
}

/** A row as it is stored. */
export interface StoredRow {
  readonly pid: Pid;
  readonly n: number;
  /** Who has left keeps a row for a while. */
  readonly isIn: boolean;
  /** When it was first found to be of somebody who is not in the segment. */
  readonly suspectedAt?: EpochMs;
}

/** In so many shards the rows of a segment lie, a person always in the same. */
export const AUDIENCE_SHARDS = 16;

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

  /** The rows of a segment in one shard, of who is in and who has left, page by page. */
  rowsOf(segment: string, shard: number): AsyncIterable<readonly StoredRow[]>;

  /** Notes that a row is of somebody who is not in, unless a transition has changed it since it was read. */
  suspect(row: AudienceRow): Promise<void>;
}
