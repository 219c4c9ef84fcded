import type { EpochMs } from './event.ts';

/** A delay below this is the network's, not the clock's: correcting it would move a history's own dates. */
const NETWORK_DELAY_MS = 5_000;

/**
 * When an event happened by the server's clock: `receivedAt − (sentAt − originalTimestamp)`, as Segment
 * defines it, so that a sender whose clock is wrong by hours still gets its order right.
 *
 * Old times are kept, since histories are imported; future ones are capped at receipt. A `sentAt`
 * before the event itself says nothing about the clock and is ignored.
 */
export function eventTime(clock: {
  readonly originalTimestamp: EpochMs;
  readonly sentAt: EpochMs | undefined;
  readonly receivedAt: EpochMs;
}): EpochMs {
  const { originalTimestamp, sentAt, receivedAt } = clock;
  const usable = sentAt !== undefined && sentAt >= originalTimestamp;
  const skew = usable ? receivedAt - sentAt : 0;
  const corrected = Math.abs(skew) < NETWORK_DELAY_MS ? originalTimestamp : originalTimestamp + skew;
  return Math.max(0, Math.min(corrected, receivedAt));
}

const ISO = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/i;
const ZONED = /(?:Z|[+-]\d{2}:?\d{2})$/i;
const DATE_LENGTH = 'yyyy-mm-dd'.length;

/** A time as SDKs send it, ISO 8601 or epoch milliseconds; `undefined` for anything else. UTC where no zone is given. */
export function timeOf(value: unknown): EpochMs | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (!ISO.test(text)) return undefined;
  const isComplete = text.endsWith('Z') || text.length === DATE_LENGTH || ZONED.test(text);
  const at = Date.parse(isComplete ? text : `${text}Z`);
  return Number.isNaN(at) || at < 0 ? undefined : at;
}
