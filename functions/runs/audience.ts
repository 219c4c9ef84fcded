import * as z from 'zod';
import { Pid } from '#shared/events/event.ts';

/** Where a person stands in the order of a segment's audience: by shard, then by pid. */
export const Position = z.strictObject({ shard: z.int().nonnegative(), pid: Pid });
export type Position = z.infer<typeof Position>;

export const isAfter = (a: Position, b: Position): boolean =>
  a.shard === b.shard ? a.pid > b.pid : a.shard > b.shard;

/** The people of segments, in a fixed order that can be entered anywhere. */
export interface Audience {
  /** The next members after a position, at most `limit`; fewer only at the end. */
  membersAfter(
    segment: string,
    page: { readonly after: Position | undefined; readonly limit: number },
  ): Promise<readonly Position[]>;

  positionOf(pid: Pid): Position;
}

/** Some people of an audience, as stored for one step of a run; `end` is the last one's position. */
export const AudienceChunk = z.strictObject({ pids: z.array(Pid), end: Position.optional() });
export type AudienceChunk = z.infer<typeof AudienceChunk>;

/** Who was in a segment when a run began, in chunks that are disjoint and in order. */
export const AudienceSnapshot = z.strictObject({
  runId: z.string().min(1),
  segment: z.string().min(1),
  members: z.int().nonnegative(),
  /** At least one, which is empty when the segment is. */
  chunks: z.array(z.strictObject({ key: z.string().min(1), end: Position.optional() })).min(1),
});
export type AudienceSnapshot = z.infer<typeof AudienceSnapshot>;
