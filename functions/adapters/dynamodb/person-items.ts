import { gzipSync } from 'node:zlib';
import type { Pid } from '#shared/events/event.ts';
import type { TimelineChunk } from '#shared/profiles/timeline.ts';

/** A node of the tree of a person's ids that no longer stand in `!activity`. */
export const spillKey = (pid: Pid, path: string) => ({ pid, sk: `seen#${path}` });

/** A note that a message was applied, which never expires. */
export const redriveKey = (pid: Pid, id: string) => ({ pid, sk: `redrive#${id}` });

/** One message to a person. */
export const contactKey = (pid: Pid, id: string) => ({ pid, sk: `contact#${id}` });

export const timelineItem = ({ pid, id, receivedAt, events }: TimelineChunk, days: number) => ({
  pid,
  sk: `event#${id}`,
  events: gzipSync(JSON.stringify(events)),
  ttl: Math.ceil(receivedAt / 1000) + days * 86_400,
});
