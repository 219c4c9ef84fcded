import { createHash } from 'node:crypto';
import type { CollectedEvent } from '#shared/events/event.ts';
import { isJson } from '#shared/events/json.ts';
import type { SourceStamp, StreamRecord } from '#shared/events/stream-record.ts';
import type { Source } from '#shared/sources/source.ts';
import type { KeyedStreamRecord } from './events-stream.ts';

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
  return Array.from(keys, ([partitionKey, ofKey]) => ({
    partitionKey,
    record: { v: 1, ...common, events: ofKey },
  }));
}

/** Of an event that has neither id, as rows of imports may be: what else it names its person by, strongest first. */
function otherKey({ messageId, traits, context }: CollectedEvent): string {
  const [external]: readonly unknown[] = Array.isArray(context?.externalIds) ? context.externalIds : [];
  if (isJson(external)) return `${external.type}#${external.id}`;
  if (traits?.email !== undefined) return `email#${traits.email}`;
  return traits?.phone === undefined ? `messageId#${messageId}` : `phone#${traits.phone}`;
}

/** Names what came without a usable id by its content. */
export const digest = (text: string): string =>
  `digest-${createHash('sha256').update(text).digest('base64url')}`;
