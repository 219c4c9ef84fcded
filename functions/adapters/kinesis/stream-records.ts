import { createHash } from 'node:crypto';
import type { CollectedEvent } from '#shared/events/event.ts';
import { isJson } from '#shared/events/json.ts';
import type { SourceStamp, StreamRecord } from '#shared/events/stream-record.ts';
import type { Source } from '#shared/sources/source.ts';
import type { KeyedStreamRecord } from './events-stream.ts';

/** Kinesis takes records of 1 MiB; a record's own fields need little. */
const RECORD_LENGTH = 900_000;

/** What a source is when it receives, for whoever normalises its events. */
export const stampOf = ({ id, legalEntity, identity, market, brand, country }: Source): SourceStamp => ({
  id,
  legalEntity,
  ...(identity !== undefined && { identity }),
  market,
  brand,
  ...(country !== undefined && { country }),
});

/**
 * One record for each partition key, so that one person's events of a request stay in order and cost
 * one record: the key is what the events name their person by, or the person they are addressed to.
 */
export function streamRecords(
  events: readonly CollectedEvent[],
  common: Omit<StreamRecord, 'v' | 'events'>,
): KeyedStreamRecord[] {
  const keys = Map.groupBy(events, (event) => {
    if (common.person !== undefined) return `pid#${common.person.pid}`;
    if (event.userId !== undefined) return `userId#${event.userId}`;
    return event.anonymousId === undefined ? otherKey(event) : `anonymousId#${event.anonymousId}`;
  });
  return [...keys].flatMap(([partitionKey, ofKey]) =>
    inParts(ofKey).map((part) => ({ partitionKey, record: { v: 1 as const, ...common, events: part } })),
  );
}

/** Of an event that has neither id, as rows of imports may be: what else it names its person by, strongest first. */
function otherKey({ messageId, traits, context }: CollectedEvent): string {
  const [external]: readonly unknown[] = Array.isArray(context?.externalIds) ? context.externalIds : [];
  if (isJson(external)) return `${external.type}#${external.id}`;
  if (traits?.email !== undefined) return `email#${traits.email}`;
  return traits?.phone === undefined ? `messageId#${messageId}` : `phone#${traits.phone}`;
}

function inParts(events: readonly CollectedEvent[]): CollectedEvent[][] {
  const parts: CollectedEvent[][] = [];
  let length = Number.POSITIVE_INFINITY;
  for (const event of events) {
    const size = events.length === 1 ? 0 : Buffer.byteLength(JSON.stringify(event));
    const last = parts.at(-1);
    if (last === undefined || length + size > RECORD_LENGTH) {
      parts.push([event]);
      length = size;
    } else {
      last.push(event);
      length += size;
    }
  }
  return parts;
}

/** Names what came without a usable id by its content. */
export const digest = (text: string): string =>
  `digest-${createHash('sha256').update(text).digest('base64url')}`;
