import * as z from 'zod';
import { EpochMs, Pid } from '#shared/events/event.ts';
import type { Person, Transitions } from './activity.ts';

/**
 * An erasure that is not finished: what it takes to go on with it, since the profile that told of it is
 * gone.
 */
export const Erasure = z.strictObject({
  pid: Pid,
  at: EpochMs,
  /** Who decided it: the user's id in the pool. */
  by: z.string(),
  market: z.string().optional(),
  brand: z.string().optional(),
  /** Whom they had absorbed: what is stored under these pids goes too. */
  absorbed: z.array(Pid),
  /** From whom they were set apart: these are people of their own, and stay. */
  parted: z.array(Pid),
  entities: z.array(z.string()),
  /** By `<type>#<value>`. */
  identifiers: z.array(z.string()),
});
export type Erasure = z.infer<typeof Erasure>;

/** The kinds of items beside a person's own two, by the beginning of their sort keys. */
export const ITEM_KINDS = [
  'event',
  'seen',
  'redrive',
  'contact',
  'conflict',
  'merge',
  'snapshot',
  'unmerge',
] as const;
export type ItemKind = (typeof ITEM_KINDS)[number];

/** Counts to begin with. */
export const nothingRemoved = (): Record<ItemKind, number> => ({
  event: 0,
  seen: 0,
  redrive: 0,
  contact: 0,
  conflict: 0,
  merge: 0,
  snapshot: 0,
  unmerge: 0,
});

/** What a sweep removed. */
export interface Swept {
  readonly removed: Readonly<Record<ItemKind, number>>;
  /** Whether it reached its limit before it saw everything. */
  readonly hasMore: boolean;
}

/** Where people are erased from. Its promises are tested in `test/contract/erasure-repository.ts`. */
export interface ErasureRepository {
  /**
   * Puts a tombstone in a person's place, over the version that was read, and notes the erasure, at once;
   * or does nothing and says `conflict`. No write to the person succeeds after it.
   */
  begin(change: {
    /** As read. */
    readonly person: Person;
    readonly transitions?: Transitions | undefined;
    readonly erasure: Erasure;
  }): Promise<'begun' | 'conflict'>;

  /** The unfinished erasure of a person, or of who absorbed them. */
  find(pid: Pid): Promise<Erasure | undefined>;

  /** Removes all that lies under pids but tombstones and the note of the erasure, so many items at most. */
  sweep(pids: readonly Pid[], limit: number): Promise<Swept>;

  /** Removes the note: nothing is left to be done. */
  finish(pid: Pid): Promise<void>;
}
