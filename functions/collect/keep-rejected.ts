import { stampOf } from '#functions/adapters/kinesis/stream-records.ts';
import type { Quarantine, Quarantined } from '#functions/adapters/s3/quarantine.ts';
import type { HttpRequest } from '#functions/runtime/http.ts';
import { count } from '#functions/runtime/telemetry.ts';
import type { DecodedRequest } from '#shared/events/decode-request.ts';
import type { EventType } from '#shared/events/event.ts';
import { type Sender, withAddress } from '#shared/events/ip-address.ts';
import { isJson, type Json } from '#shared/events/json.ts';
import { type AdmissionRules, type Admitted, sentWithoutTraits } from '#shared/sources/admit-events.ts';
import type { Source } from '#shared/sources/source.ts';

/** What one request came to. */
export interface Sorted {
  readonly request: Pick<HttpRequest, 'receivedAt' | 'requestId'>;
  readonly type: EventType | undefined;
  readonly source: Source;
  readonly sender: Sender | undefined;
  readonly rules: AdmissionRules | undefined;
  readonly decoded: DecodedRequest;
  readonly admitted: Admitted;
}

/**
 * Keeps what was sent of a call that was not understood, less the traits and the address that its source
 * never keeps, and what was understood of an event that is not let in.
 */
export async function keepRejected(
  { request: { receivedAt, requestId }, type, source, decoded, admitted, ...refused }: Sorted,
  quarantine: Quarantine,
): Promise<void> {
  if (decoded.rejected.length + admitted.rejected.length === 0) return;
  const { context } = withoutUnkept(decoded.shared, refused);
  const said = {
    ...decoded.shared,
    ...(isJson(context) && { context }),
    ...(type !== undefined && { type }),
  };
  const record = { v: 1 as const, source: stampOf(source), receivedAt };
  const entries: readonly Quarantined[] = [
    ...decoded.rejected.map(({ reason, event }) => ({
      reason,
      receivedAt,
      event: isJson(event) ? withoutUnkept(event, refused) : event,
      request: said,
    })),
    ...admitted.rejected.map(({ reason, details, event }) => ({
      reason,
      ...(details !== undefined && { details: [...details] }),
      receivedAt,
      event,
      record,
    })),
  ];
  await quarantine.keep({ source: source.id, id: requestId, entries });
  count('EventsQuarantined', entries.length);
}

function withoutUnkept(call: Json, { sender, rules }: Pick<Sorted, 'sender' | 'rules'>): Json {
  const kept = rules?.keepsTrait === undefined ? call : sentWithoutTraits(call, rules.keepsTrait);
  if (sender !== undefined || !isJson(kept.context)) return kept;
  return { ...kept, context: withAddress(kept.context, undefined) };
}
