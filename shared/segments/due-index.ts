import * as z from 'zod';
import { EpochMs, Pid } from '#shared/events/event.ts';

/** So many parts the index has: a million people may be due at one midnight, and one part takes a thousand writes a second. */
export const DUE_SHARDS = 64;

/** A person's place in the order in which those of a shard are due. */
export const DuePlace = z.strictObject({ dueAt: EpochMs, pid: Pid });
export type DuePlace = z.infer<typeof DuePlace>;

export interface DueQuery {
  readonly shard: number;
  /** Those due at this moment and before are left out. @default nobody is */
  readonly after?: EpochMs | undefined;
  /** The last of those who were read before: it goes on behind them, whether they still stand there or not. */
  readonly behind?: DuePlace | undefined;
  readonly until: EpochMs;
  readonly limit: number;
}

export interface DuePage {
  /** The earliest first. */
  readonly people: readonly DuePlace[];
  /** Whether there may be more behind the last of them. */
  readonly hasMore: boolean;
}

/**
 * Who is to be looked at again, and when: everybody with a `dueAt`, by it. Its promises are tested in
 * `test/contract/due-index.ts`.
 *
 * It follows the writes of people, and nothing else writes to it: who was written a moment ago may still
 * be missing, or stand there yet.
 */
export interface DueIndex {
  find(query: DueQuery): Promise<DuePage>;
}
