import * as z from 'zod';
import { Pid } from '#shared/events/event.ts';
import type { Person } from './activity.ts';

/** One of `of` disjoint parts of everybody, in an order by which no person is in two. */
export const ScanPart = z.strictObject({ segment: z.int().nonnegative(), of: z.int().positive() });
export type ScanPart = z.infer<typeof ScanPart>;

/** Where a page ended, to go on after it. */
export const ScanPlace = z.strictObject({ pid: Pid, sk: z.string() });
export type ScanPlace = z.infer<typeof ScanPlace>;

export interface PeoplePage {
  /** Whole people: who was absorbed or erased is nobody. */
  readonly people: readonly Person[];
  /** Items read, of whatever kind. */
  readonly items: number;
  readonly readUnits: number;
  /** Absent at the end of the part. */
  readonly next?: ScanPlace;
}

/**
 * Reads everybody, page by page. Its promises are tested in `test/contract/people-scan.ts`.
 *
 * Each person who is stored throughout is in exactly one page of all parts, as they were at some time
 * close before it was read: what is written on such a read has to be conditioned on its version.
 */
export interface PeopleScan {
  page(part: ScanPart, after?: ScanPlace): Promise<PeoplePage>;

  /** How many items there are, roughly: as of some hours ago. */
  countItems(): Promise<number>;
}
