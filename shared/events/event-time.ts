import type { EpochMs } from './event.ts';

/** A delay below this is the network's, not the clock's: correcting it would move a history's own dates. */
const NETWORK_DELAY_MS = 5_000;

/**
 * When an event happened by the server's clock: `receivedAt − (sentAt − originalTimestamp)`, as Segment
 * defines it, so that a sender whose clock is wrong by hours still gets its order right.
 *
 * Old times are kept, since histories are imported; future ones are capped at receipt. A `sentAt`
 * before the event itself, or so late that the event were older than 1970, says nothing about the
 * clock and is ignored.
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
  return Math.min(corrected < 0 ? originalTimestamp : corrected, receivedAt);
}

const ISO = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/i;
const ZONED = /(?:Z|[+-]\d{2}:?\d{2})$/i;
const DATE_LENGTH = 'yyyy-mm-dd'.length;

/** Of the last year of four digits, as texts have it: a larger number is of microseconds. */
const LATEST = Date.UTC(10_000, 0) - 1;

/** A time as SDKs send it, ISO 8601 or epoch milliseconds; `undefined` for anything else. UTC where no zone is given. */
export function timeOf(value: unknown): EpochMs | undefined {
  if (typeof value === 'number') {
    return Number.isInteger(value) && value >= 0 && value <= LATEST ? value : undefined;
  }
  if (typeof value !== 'string') return undefined;
  const usual = usualTime(value);
  if (usual !== undefined) return usual;
  const text = value.trim();
  if (!ISO.test(text)) return undefined;
  const isComplete = text.endsWith('Z') || text.length === DATE_LENGTH || ZONED.test(text);
  const at = Date.parse((isComplete ? text : `${text}Z`).replace(',', '.'));
  return Number.isNaN(at) || at < 0 ? undefined : at;
}

const USUAL_LENGTH = 'yyyy-mm-ddThh:mm:ss.000Z'.length;

/**
 * A time since 1970 in the form of JavaScript's `toISOString`, as nearly all are sent; `undefined` for
 * any other. Its digits are read here since `Date.parse` and the pattern before it took 3 % of all the
 * work from a request's bytes to the people.
 */
function usualTime(text: string): EpochMs | undefined {
  if (text.length !== USUAL_LENGTH || text[4] !== '-' || text[7] !== '-' || text[10] !== 'T')
    return undefined;
  if (text[13] !== ':' || text[16] !== ':' || text[19] !== '.' || text[23] !== 'Z') return undefined;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 2);
  const day = digits(text, 8, 2);
  const hour = digits(text, 11, 2);
  const minute = digits(text, 14, 2);
  const second = digits(text, 17, 2);
  const ms = digits(text, 20, 3);
  if (year < 1970 || month < 1 || month > 12 || day < 1 || day > 31 || ms < 0) return undefined;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return undefined;
  return Date.UTC(year, month - 1, day, hour, minute, second, ms);
}

/** The number that some digits are; negative where one of them is none. */
function digits(text: string, from: number, count: number): number {
  let value = 0;
  for (let index = from; index < from + count; index++) {
    const digit = text.charCodeAt(index) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}
