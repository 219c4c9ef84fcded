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

/** The chunk of a record's events that are one person's. */
export function timelineChunk(
  pid: Pid,
  record: { readonly sequenceNumber: string; readonly firstIndex: number },
  events: readonly NormalisedEvent[],
): TimelineChunk {
  const earliest = events.reduce((least, { at }) => Math.min(least, at), Number.MAX_SAFE_INTEGER);
  return {
    pid,
    id: `${new Date(earliest).toISOString()}#${record.sequenceNumber}-${record.firstIndex}`,
    receivedAt: events[0]?.receivedAt ?? earliest,
    events: events.map(timelineEvent),
  };
}
