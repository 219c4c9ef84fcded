import * as z from 'zod';
import { EpochMs, EventType, type Pid } from '#shared/events/event.ts';
import { type NormalisedEvent, traitsOf } from './normalise-event.ts';

/** An event as the timeline keeps it. */
export const TimelineEvent = z.strictObject({
  type: EventType,
  name: z.string(),
  timestamp: EpochMs,
  messageId: z.string(),
  source: z.string(),
  /** Whom a group call joins its person to. */
  groupId: z.string().optional(),
  /** Who an alias call says that its person was before. */
  previousId: z.string().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  traits: z.record(z.string(), z.unknown()).optional(),
});
export type TimelineEvent = z.infer<typeof TimelineEvent>;

/** A record of the stream, by which chunks are found. */
export interface TimelineRecord {
  readonly sequenceNumber: string;
  /** Of its earliest event, whosever it is. */
  readonly at: EpochMs;
}

/**
 * One person's events of one stream record. Its key is made of the record, so that writing it again
 * overwrites it; a message that came twice, or in an attempt that was broken off, may stand in two, so
 * readers count a message id once.
 */
export interface TimelineChunk {
  readonly pid: Pid;
  /** {@link chunksPrefix} and the place in the record of the first event that was news. */
  readonly id: string;
  readonly receivedAt: EpochMs;
  readonly events: readonly TimelineEvent[];
}

export function timelineEvent({ collected, name, at, source }: NormalisedEvent): TimelineEvent {
  const { type, messageId, groupId, previousId, properties } = collected;
  const traits = type === 'identify' ? traitsOf(collected) : collected.traits;
  return {
    type,
    name,
    timestamp: at,
    messageId,
    source,
    ...(type === 'group' && groupId !== undefined && { groupId }),
    ...(type === 'alias' && previousId !== undefined && { previousId }),
    ...(properties !== undefined && { properties }),
    ...(traits !== undefined && { traits }),
  };
}

/** In UTF-16 units, each three bytes at most: whatever it holds, a chunk is an item of less than DynamoDB's 400 KB. */
const CHUNK_LENGTH = 120_000;

/** What the ids of all chunks of a record begin with: `<ISO time>#<sequence number>-`. */
export const chunksPrefix = ({ at, sequenceNumber }: TimelineRecord): string =>
  `${new Date(at).toISOString()}#${sequenceNumber}-`;

/** One event with its place among the events of its record. */
interface Placed {
  readonly event: NormalisedEvent;
  readonly index: number;
}

/**
 * The chunks of a record's events that are one person's: one, unless they are very long; none of what holds
 * no news. Each is named by the first of its news, so that none replaces another.
 *
 * @param news fingerprints of the events that are not in the timeline yet.
 */
export function timelineChunks(
  pid: Pid,
  record: TimelineRecord,
  { events, news }: { readonly events: readonly Placed[]; readonly news: ReadonlySet<string> },
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
  return parts.flatMap((part) => {
    const first = part.find(({ event }) => news.has(event.id));
    if (first === undefined) return [];
    return {
      pid,
      id: `${chunksPrefix(record)}${first.index}`,
      receivedAt: first.event.receivedAt,
      events: part.map(({ event }) => timelineEvent(event)),
    };
  });
}
