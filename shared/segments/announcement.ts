import * as z from 'zod';
import { EpochMs, Pid } from '#shared/events/event.ts';

/** What others are told when a person enters or leaves a segment. */
export const Announcement = z.strictObject({
  kind: z.enum(['Segment Entered', 'Segment Exited']),
  /** The same when it is told again: who keeps it hears of each transition once. */
  id: z.string().min(1),
  pid: Pid,
  segment: z.string().min(1),
  at: EpochMs,
});
export type Announcement = z.infer<typeof Announcement>;

/** Tells others; resolves when all of it is accepted, and may tell it twice. */
export interface Announcer {
  announce(announcements: readonly Announcement[]): Promise<void>;
}
