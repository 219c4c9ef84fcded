import type { Pid } from '#shared/events/event.ts';
import { type TimelineChunk, timelineChunks } from '#shared/profiles/timeline.ts';
import { normalised } from './events.ts';

/** What a timeline gets of a record whose events are one person's, and are all news. */
export function newChunks(
  pid: Pid,
  sequenceNumber: string,
  events = [{ event: normalised(), index: 0 }],
): readonly TimelineChunk[] {
  const at = Math.min(...events.map(({ event }) => event.at));
  const news = new Set(events.map(({ event }) => event.id));
  return timelineChunks(pid, { sequenceNumber, at }, { events, news });
}
