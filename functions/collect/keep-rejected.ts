import { stampOf } from '#functions/adapters/kinesis/stream-records.ts';
import type { Quarantine, Quarantined } from '#functions/adapters/s3/quarantine.ts';
import type { HttpRequest } from '#functions/runtime/http.ts';
import { count } from '#functions/runtime/telemetry.ts';
import type { DecodedRequest } from '#shared/events/decode-request.ts';
import type { EventType } from '#shared/events/event.ts';
import type { Admitted } from '#shared/sources/admit-events.ts';
import type { Source } from '#shared/sources/source.ts';

/** What one request came to. */
export interface Sorted {
  readonly request: Pick<HttpRequest, 'receivedAt' | 'requestId'>;
  readonly type: EventType | undefined;
  readonly source: Source;
  readonly decoded: DecodedRequest;
  readonly admitted: Admitted;
}

/** Keeps what was sent of a call that was not understood, and what was understood of an event that is not let in. */
export async function keepRejected(
  { request: { receivedAt, requestId }, type, source, decoded, admitted }: Sorted,
  quarantine: Quarantine,
): Promise<void> {
  if (decoded.rejected.length + admitted.rejected.length === 0) return;
  const said = { ...decoded.shared, ...(type !== undefined && { type }) };
  const record = { v: 1 as const, source: stampOf(source), receivedAt };
  const entries: readonly Quarantined[] = [
    ...decoded.rejected.map(({ reason, event }) => ({ reason, receivedAt, event, request: said })),
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
