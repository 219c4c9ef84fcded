import type { Pid } from '#shared/events/event.ts';
import { AUDIENCE_SHARDS } from '#shared/segments/audience-rows.ts';

/** The partition key of a segment's rows in one shard. */
export const audiencePartition = (segment: string, shard: number): string => `${segment}#${shard}`;

/** The shard of a person, the same in every segment and for ever: to change it would orphan rows. */
export const shardOf = (pid: Pid): number => spread(pid, AUDIENCE_SHARDS);

/** Spreads people evenly, each always to the same of so many places. */
export function spread(pid: Pid, places: number): number {
  let hash = 0;
  for (let i = 0; i < pid.length; i++) hash = Math.imul(hash, 31) + pid.charCodeAt(i);
  // the low bits alone would only see the last characters
  return ((hash ^ (hash >>> 16)) >>> 0) % places;
}
