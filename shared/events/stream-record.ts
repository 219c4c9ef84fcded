import * as z from 'zod';
import { CollectedEvent, EpochMs, Pid } from './event.ts';

/** People in one tick: some two kilobytes, and a tenth of a second's work. */
export const MAX_TICK_PIDS = 100;

/** A company in law. It stands in keys before a `#`, and holds none itself. */
export const LegalEntity = z.string().regex(/^[^#\t\r\n]{1,200}$/, '1 to 200 characters, none of them a #');

/**
 * What a source's events may join, where their identifiers lead to several people:
 * - `convert`: those are one person, and merged;
 * - `link`: nobody is merged, what nobody has yet is linked;
 * - `isolate`: an event is that of its strongest identifier alone, and links nothing else.
 */
export const IdentityStrategy = z.enum(['convert', 'link', 'isolate']);
export type IdentityStrategy = z.infer<typeof IdentityStrategy>;

/** What of a source is needed to normalise its events, as it was when they were received. */
export const SourceStamp = z.strictObject({
  id: z.string().min(1),
  /** Whose customers its events are of; absent where the record is addressed to a person. */
  legalEntity: LegalEntity.optional(),
  /** @default convert */
  identity: IdentityStrategy.optional(),
  market: z.string().optional(),
  brand: z.string().optional(),
  /** ISO 3166 alpha-2: how phone numbers without a country code are read. */
  country: z.string().length(2).optional(),
});
export type SourceStamp = z.infer<typeof SourceStamp>;

/**
 * One record of the `events` stream: what one request said under one partition key, in order.
 *
 * With `person` the events are addressed (feedback, unsubscribe) and never resolved by identifiers,
 * since two people may share an address; the public API has no way to set it.
 *
 * With `redrive` they come a second time, out of quarantine or from the records given up: each is
 * applied together with a note that tells it for ever, since no horizon bounds how late that may be. With
 * `uncounted` nobody has counted yet what became of them, as of a batch that was given up whole.
 */
export const StreamRecord = z.strictObject({
  v: z.literal(1),
  source: SourceStamp,
  receivedAt: EpochMs,
  person: z.strictObject({ pid: Pid, contact: z.string().min(1).max(64).optional() }).optional(),
  redrive: z.literal(true).optional(),
  uncounted: z.literal(true).optional(),
  events: z.array(CollectedEvent).min(1),
});
export type StreamRecord = z.infer<typeof StreamRecord>;

/**
 * A record that says nothing of anybody but that it is time to look at them: put on the stream when the
 * answer for a segment may have changed though nothing happened. To apply it twice, or late, is harmless.
 */
export const TickRecord = z.strictObject({
  v: z.literal(1),
  tick: z.strictObject({ pids: z.array(Pid).min(1).max(MAX_TICK_PIDS) }),
});
export type TickRecord = z.infer<typeof TickRecord>;
