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
  cause: MergeCause,
  /** Set once the two were set apart again. */
  undoneAt: EpochMs.optional(),
});
export type MergeLog = z.infer<typeof MergeLog>;
