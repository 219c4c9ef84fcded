import { gzipSync } from 'node:zlib';
import type { Pid } from '#shared/events/event.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { packActivity } from '#shared/profiles/activity-codec.ts';
import type { TimelineChunk } from '#shared/profiles/timeline.ts';
import { jsonText } from './json-text.ts';

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

/** The absorbed person as they were, for audit and for undoing. */
export const mergeLogItem = (merge: {
  readonly winner: Pid;
  readonly loser: Person;
  readonly at: number;
}) => ({
  pid: merge.winner,
  sk: `merge#${new Date(merge.at).toISOString()}#${merge.loser.pid}`,
  loser: merge.loser.pid,
  version: merge.loser.activity.version,
  activity: packActivity(merge.loser.activity),
  profile: jsonText(merge.loser.profile),
});
