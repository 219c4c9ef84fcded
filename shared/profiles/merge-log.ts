import * as z from 'zod';
import { EpochMs, Pid } from '#shared/events/event.ts';

/** The event that showed two people to be one, with its identifiers that each of them had. */
export const MergeCause = z.strictObject({
  source: z.string(),
  messageId: z.string(),
  at: EpochMs,
  /** Keys, `<type>#<value>`. */
  ofWinner: z.array(z.string()),
  ofLoser: z.array(z.string()),
});
export type MergeCause = z.infer<typeof MergeCause>;

/** That one person absorbed another, when and why; written in the transaction that did it. */
export const MergeLog = z.strictObject({
  winner: Pid,
  loser: Pid,
  at: EpochMs,
  /** The survivor's version that the merge wrote: what orders merges, whatever the clocks say. */
  version: z.int().positive(),
  cause: MergeCause,
  /** Set once the two were set apart again, with the survivor's version that did it. */
  undone: z.strictObject({ at: EpochMs, version: z.int().positive() }).optional(),
});
export type MergeLog = z.infer<typeof MergeLog>;

/** What came after a merge and says by nothing whose of the two it is: it stays with the survivor. */
export const Inseparable = z.strictObject({
  /** How many events. */
  events: z.int().nonnegative(),
  traits: z.array(z.string()),
  /** Keys of identifiers that were linked. */
  identifiers: z.array(z.string()),
  /** By `<channel>/<purpose>`; one that was denied is denied for both. */
  consents: z.array(z.string()),
});
export type Inseparable = z.infer<typeof Inseparable>;

/** That two people who had been merged were set apart again; it stands with both. */
export const Parting = z.strictObject({
  survivor: Pid,
  loser: Pid,
  mergedAt: EpochMs,
  at: EpochMs,
  /** Who decided it: the user's id in the pool. */
  by: z.string(),
  inseparable: Inseparable,
});
export type Parting = z.infer<typeof Parting>;

/** Which merges of one survivor tell who they are without one whom they absorbed. */
export interface MergesToRead {
  /** Of these the survivor as they were before, the earliest first. */
  readonly own: readonly [MergeLog, ...MergeLog[]];
  /** Of these whom they absorbed, and still hold. */
  readonly kept: readonly MergeLog[];
  /** Of these whom they absorbed, and hold no longer. */
  readonly gone: readonly MergeLog[];
}

/**
 * Decides what must be read to undo a merge.
 *
 * The survivor as they were before it is where to begin; but that may have held somebody who has been
 * set apart since, so that their merge is where to begin. From there on all that is undone is taken
 * out, and all that still holds is put in again.
 *
 * @param logs all of the survivor's own merges.
 */
export function mergesToRead(logs: readonly MergeLog[], undo: MergeLog): MergesToRead {
  const newestFirst = logs.toSorted((a, b) => b.version - a.version);
  const start = newestFirst.reduce((earliest, { version, undone }) => {
    const isHeldThen = undone !== undefined && version < earliest && earliest < undone.version;
    return isHeldThen ? version : earliest;
  }, undo.version);
  const since = logs
    .filter(({ version }) => version >= start && version !== undo.version)
    .concat(undo)
    .sort((a, b) => a.version - b.version);
  const gone = since.filter((log) => log === undo || log.undone !== undefined);
  const [first = undo, ...rest] = gone;
  return { own: [first, ...rest], kept: since.filter((log) => !gone.includes(log)), gone };
}
