import * as z from 'zod';
import { EpochMs } from '#shared/events/event.ts';

/** How many people were in a segment at one time, counted row by row. */
export const SegmentSize = z.strictObject({ at: EpochMs, size: z.int().nonnegative() });
export type SegmentSize = z.infer<typeof SegmentSize>;

/** The day of a moment as it stands in a size's key: in UTC, so that a change of time zone moves none. */
export const dayOf = (at: EpochMs): string => new Date(at).toISOString().slice(0, 10);

/** What segments were counted to be. Its promises are tested in `test/contract/segment-sizes.ts`. */
export interface SegmentSizes {
  /** Keeps a count as the last one, and as that of its day. */
  keep(segment: string, size: SegmentSize): Promise<void>;

  /** The last count of every segment that was ever counted and not forgotten, by its id. */
  latest(): Promise<ReadonlyMap<string, SegmentSize>>;

  /** The last counts of the latest days, latest first, at most so many. */
  history(segment: string, days: number): Promise<readonly SegmentSize[]>;

  /** Leaves a segment that is gone out of {@link latest}; its history stays. */
  forget(segment: string): Promise<void>;
}
