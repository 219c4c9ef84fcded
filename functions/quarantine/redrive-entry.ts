import { digest, stampOf } from '#functions/adapters/kinesis/stream-records.ts';
import { decodeRequest } from '#shared/events/decode-request.ts';
import { CollectedEvent, type EpochMs } from '#shared/events/event.ts';
import { jsonIn } from '#shared/events/json.ts';
import type { QuarantineEntry } from '#shared/events/quarantine-entry.ts';
import { StreamRecord } from '#shared/events/stream-record.ts';
import { type Outcome, ok, quarantined } from '#shared/kernel/outcome.ts';
import { type AdmissionRules, admitEvents } from '#shared/sources/admit-events.ts';
import type { Source } from '#shared/sources/source.ts';

/** Events that can go on the stream once more, with what their record says besides. */
export interface Redrivable {
  readonly common: Omit<StreamRecord, 'v' | 'events'>;
  readonly events: readonly CollectedEvent[];
}

/** A source as it is now, with what it asks of its events. */
export interface PresentSource {
  readonly source: Source;
  readonly rules: AdmissionRules | undefined;
}

/**
 * Reads an entry of quarantine as it would be taken in today, with its first receipt: what was never
 * understood or not let in by the source's present settings, what was let in by those of its record.
 *
 * Quarantined again is what is still bad, or not wanted, with the reason that it has now.
 */
export function redriveEntry(
  entry: QuarantineEntry,
  present: PresentSource | undefined,
): Outcome<Redrivable> {
  const { event, record, request, receivedAt, reason } = entry;
  if (record !== undefined) {
    const known = CollectedEvent.safeParse(event);
    if (!known.success) return quarantined(reason);
    if (NOT_LET_IN.has(reason)) return letIn([known.data], receivedAt, present);
    const { v: _, ...common } = record;
    return ok({ common: { ...common, redrive: true }, events: [known.data] });
  }
  if (request === undefined) return redriveBytes(entry);
  // What all of its request's calls share was too much to keep with each
  if (reason === 'batch_context_too_large') return quarantined(reason);
  if (!present?.source.enabled) return quarantined('unknown_source');

  const { type, ...shared } = request;
  const body = type === undefined ? { ...shared, batch: [event] } : event;
  const { events, rejected } = decodeRequest(body, {
    receivedAt,
    digest,
    sender: present.source.ip === true ? {} : undefined,
    ...(type !== undefined && { type }),
  });
  const [refused] = rejected;
  if (refused !== undefined) return quarantined(refused.reason);
  return letIn(events, receivedAt, present);
}

/** Why an event that was understood was refused by its source, which may have changed its mind. */
const NOT_LET_IN = new Set(['plan_violation', 'event_denied', 'unknown_source']);

/** Events by the present settings of their source. What it does not want somebody asks for: so it stays. */
function letIn(
  events: readonly CollectedEvent[],
  receivedAt: EpochMs,
  present: PresentSource | undefined,
): Outcome<Redrivable> {
  if (!present?.source.enabled) return quarantined('unknown_source');
  const { source, rules } = present;
  const admitted = admitEvents(events, rules);
  const [refused] = [...admitted.rejected, ...admitted.dropped];
  if (refused !== undefined) return quarantined(refused.reason, refused.details);
  const common = { source: stampOf(source), receivedAt, redrive: true as const };
  return ok({ common, events: admitted.events });
}

/** A record that was not of our form, which a later version may read. */
function redriveBytes({ event, reason }: QuarantineEntry): Outcome<Redrivable> {
  const bytes = Buffer.from(typeof event === 'string' ? event : '', 'base64');
  const record = StreamRecord.safeParse(jsonIn(bytes.toString('utf8')));
  if (!record.success) return quarantined(reason);
  const { v: _, events, ...common } = comingBack(record.data);
  return ok({ common, events });
}

/** A record that comes back as it was put. What became of its events nobody has counted, unless it came back before. */
export const comingBack = (record: StreamRecord): StreamRecord =>
  record.redrive === true ? record : { ...record, redrive: true, uncounted: true };
