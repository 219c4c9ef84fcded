import * as z from 'zod';
import { EpochMs, EventType, type Pid } from '#shared/events/event.ts';
import type { NormalisedEvent } from './normalise-event.ts';

/** An event as the timeline keeps it. */
export const TimelineEvent = z.strictObject({
  type: EventType,
  name: z.string(),
  timestamp: EpochMs,
  messageId: z.string(),
  source: z.string(),
  properties: z.record(z.string(), z.unknown()).optional(),
  traits: z.record(z.string(), z.unknown()).optional(),
});
export type TimelineEvent = z.infer<typeof TimelineEvent>;

/**
 * One person's events of one stream record. Its key is made of the record, so that writing it again
 * overwrites it; a record whose events were told apart by a merge may leave two chunks that overlap,
 * so readers count a message id once.
 */
export interface TimelineChunk {
  readonly pid: Pid;
  /** `<ISO time of its earliest event>#<sequence number>-<place of its first event in the record>` */
  readonly id: string;
  readonly receivedAt: EpochMs;
  readonly events: readonly TimelineEvent[];
}

export const timelineEvent = ({ collected, name, at, source }: NormalisedEvent): TimelineEvent => ({
  type: collected.type,
  name,
  timestamp: at,
  messageId: collected.messageId,
  source,
  ...(collected.properties !== undefined && { properties: collected.properties }),
  ...(collected.traits !== undefined && { traits: collected.traits }),
});

/** In UTF-16 units, each three bytes at most: whatever it holds, a chunk is an item of less than DynamoDB's 400 KB. */
const CHUNK_LENGTH = 120_000;

/** One event with its place among the events of its record. */
interface Placed {
  readonly event: NormalisedEvent;
  readonly index: number;
}

/** The chunks of a record's events that are one person's: one, unless they are very long. */
export function timelineChunks(
  pid: Pid,
  sequenceNumber: string,
  events: readonly Placed[],
): readonly TimelineChunk[] {
  const parts: [Placed, ...Placed[]][] = [];
  let length = 0;
  for (const placed of events) {
    const size = JSON.stringify(placed.event.collected).length;
    const last = parts.at(-1);
    if (last === undefined || length + size > CHUNK_LENGTH) {
      parts.push([placed]);
      length = size;
    } else {
      last.push(placed);
      length += size;
    }
  }
  return parts.map((part) => chunkOf(pid, sequenceNumber, part));
}

function chunkOf(pid: Pid, sequenceNumber: string, events: readonly [Placed, ...Placed[]]): TimelineChunk {
  const [first] = events;
  const earliest = events.reduce((least, { event }) => Math.min(least, event.at), first.event.at);
  return {
    pid,
    id: `${new Date(earliest).toISOString()}#${sequenceNumber}-${first.index}`,
    receivedAt: first.event.receivedAt,
    events: events.map(({ event }) => timelineEvent(event)),
  };
}
