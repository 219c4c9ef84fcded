import type { DecodedRequest } from '#shared/events/decode-request.ts';
import type { EventType } from '#shared/events/event.ts';
import { RequestError } from '#shared/kernel/errors.ts';
import type { Admitted } from '#shared/sources/admit-events.ts';

/** Faults told in one answer; somebody mends the first of them first. */
const MAX_TOLD = 1_000;

/**
 * Refuses a request of which any event would be kept aside, for the tests of whoever sends: nothing of it
 * is taken in, and the answer tells each event's place and fault.
 *
 * @throws {RequestError} 400 for a request with a fault.
 */
export function refuseStrictly(
  { events, rejected }: DecodedRequest,
  admitted: Admitted,
  type: EventType | undefined,
): void {
  if (rejected.length + admitted.rejected.length === 0) return;
  const places = new Set(Array.from({ length: events.length + rejected.length }, (_, index) => index));
  for (const { index } of rejected) places.delete(index);
  const understood = [...places];
  const faults = [
    ...rejected,
    ...admitted.rejected.map(({ reason, details = [], index }) => ({
      reason: [reason, ...details].join(', '),
      index: understood[index] ?? 0,
    })),
  ].toSorted((a, b) => a.index - b.index);
  throw new RequestError({
    status: 400,
    code: 'EVENTS_REFUSED',
    message: `${faults.length} of ${events.length + rejected.length} events are not as they should be, and nothing was taken in`,
    details: faults.slice(0, MAX_TOLD).map(({ index, reason }) => ({
      path: type === undefined ? `body.batch[${index}]` : 'body',
      message: reason,
    })),
  });
}
