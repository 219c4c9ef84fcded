import { gzipSync } from 'node:zlib';
import type { Pid } from '#shared/events/event.ts';
import type { TimelineChunk } from '#shared/profiles/timeline.ts';

/** A person's ids of one hour that no longer stand in `!activity`. */
export const spillKey = (pid: Pid, hour: number) => ({ pid, sk: `seen#${hour}` });

/** One message to a person. */
export const contactKey = (pid: Pid, id: string) => ({ pid, sk: `contact#${id}` });

export const timelineItem = ({ pid, id, receivedAt, events }: TimelineChunk, days: number) => ({
  pid,
  sk: `event#${id}`,
  events: gzipSync(JSON.stringify(events)),
  ttl: Math.ceil(receivedAt / 1000) + days * 86_400,
});
