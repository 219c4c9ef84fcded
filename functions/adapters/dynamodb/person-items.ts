import { gzipSync } from 'node:zlib';
import type { Pid } from '#shared/events/event.ts';
import { fingerprint } from '#shared/kernel/fingerprint.ts';
import type { Conflict } from '#shared/profiles/conflict.ts';
import { REFUSAL_DAYS } from '#shared/profiles/refusals.ts';
import type { TimelineChunk } from '#shared/profiles/timeline.ts';
import { AUDIENCE_SHARDS } from '#shared/segments/audience-rows.ts';
import { shardOf } from './audience-shards.ts';

/** A node of the tree of a person's ids that no longer stand in `!activity`. */
export const spillKey = (pid: Pid, path: string) => ({ pid, sk: `seen#${path}` });

/** A note that a message was applied, which never expires. */
export const redriveKey = (pid: Pid, id: string) => ({ pid, sk: `redrive#${id}` });

/** One message to a person. */
export const contactKey = (pid: Pid, id: string) => ({ pid, sk: `contact#${id}` });

/** The index that lists conflicts: only they have its keys. */
export const CONFLICTS_INDEX = 'conflicts';

/** For how long a conflict is listed, as long as it keeps its place on the profile. */
const CONFLICT_TTL_SECONDS = REFUSAL_DAYS * 86_400;

/** One doubt about a person; said again, it is the same item. */
export function conflictItem(conflict: Conflict) {
  const { pid, identifier, reason, other = '', at } = conflict;
  const print = fingerprint(identifier, reason, other);
  return {
    ...conflict,
    sk: `conflict#${print}`,
    conflictShard: conflictShard(shardOf(pid)),
    conflictPlace: `${new Date(at).toISOString()}#${pid}#${print}`,
    ttl: Math.ceil(at / 1000) + CONFLICT_TTL_SECONDS,
  };
}

/** Many people may come into doubt at once, by one file: their items lie in so many partitions. */
export const CONFLICT_SHARDS = AUDIENCE_SHARDS;
export const conflictShard = (shard: number): string => `conflict#${shard}`;

export const timelineItem = ({ pid, id, receivedAt, events }: TimelineChunk, days: number) => ({
  pid,
  sk: `event#${id}`,
  events: gzipSync(JSON.stringify(events)),
  ttl: Math.ceil(receivedAt / 1000) + days * 86_400,
});
