import * as z from 'zod';
import { EpochMs } from '#shared/events/event.ts';
import { DuePlace } from './due-index.ts';

/** How far one pass over a shard of the index has come. */
export const SweepPass = z.strictObject({
  /** Everybody who was due up to here, and stood in the index, has been put on the stream by this pass. */
  upTo: EpochMs,
  /** In the midst of those due after that: who was put last. */
  behind: DuePlace.optional(),
  /** As far as the pass before it had come at some time: nobody beyond is put on the stream twice at once. */
  goal: z.strictObject({ upTo: EpochMs, since: EpochMs }).optional(),
});
export type SweepPass = z.infer<typeof SweepPass>;

/** How far the passes over one shard have come, in their order. */
export const ShardSweep = z.array(SweepPass);
export type ShardSweep = z.infer<typeof ShardSweep>;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * How long after the pass before it each further pass goes over the same people, who stand in the index
 * still: since a write came late (the functions that write have a minute, the index follows within
 * seconds), since the stream is behind, or since a tick was lost. The last goes round for ever.
 *
 * It is longer each time, so that a store that fails for half a day fills the stream with five ticks of a
 * person and not with seven hundred, and the last is longer than a record can wait on the stream.
 */
export const AGAIN_AFTER_MS = [2 * MINUTE_MS, 15 * MINUTE_MS, 2 * HOUR_MS, 13 * HOUR_MS] as const;

export const PASSES = AGAIN_AFTER_MS.length + 1;

const AT_THE_BEGINNING: SweepPass = { upTo: 0 };

/** What a pass is to go over now. */
export interface PassRange {
  /** As it stands when it begins. */
  readonly pass: SweepPass;
  /** Up to where it goes; absent when it has nothing to do now. */
  readonly until?: EpochMs;
}

/**
 * What the nth pass of a shard is to go over now.
 *
 * The first goes up to now. Each other follows the one before it, to a goal that was set as far as that one
 * had come, and not before its wait is over: whoever it meets was put on the stream that long ago or
 * longer. So somebody who comes into the index late, by less than the wait after they were due, is met.
 */
export function rangeOf(sweep: ShardSweep, n: number, now: EpochMs): PassRange {
  const pass = sweep[n] ?? AT_THE_BEGINNING;
  if (n === 0) return now > pass.upTo ? { pass, until: now } : { pass };

  const wait = AGAIN_AFTER_MS[n - 1] ?? 0;
  const { goal } = pass;
  if (goal !== undefined) return now >= goal.since + wait ? { pass, until: goal.upTo } : { pass };

  const reached = (sweep[n - 1] ?? AT_THE_BEGINNING).upTo;
  const from = n === AGAIN_AFTER_MS.length ? AT_THE_BEGINNING.upTo : pass.upTo;
  if (reached <= from) return { pass };
  return { pass: { upTo: from, goal: { upTo: reached, since: now } } };
}

/** A pass that has put these people on the stream, and has more to go. */
export const behindOf = (pass: SweepPass, behind: DuePlace): SweepPass => ({ ...pass, behind });

/** A pass that is through with what it was to go over. */
export const through = (until: EpochMs): SweepPass => ({ upTo: until });
