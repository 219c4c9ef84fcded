/** A day of the Gregorian calendar. */
export interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** A time of a day, at a distance from UTC. */
export interface Moment extends Day {
  readonly hour: number;
  readonly minute: number;
  /** With its fraction; 60 is a leap second, which counts as the second after it. */
  readonly second: number;
  readonly offsetMinutes: number;
}

/** A day as `2026-11-22`, or `undefined` when the calendar has no such day. */
export function dayOf({ year, month, day }: Day): string | undefined {
  const ms = utc({ year, month, day });
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString().slice(0, 10);
}

/** A moment as `2026-11-22T09:15:00.000Z`, or `undefined` for none, or one out of the years 1 to 9999. */
export function timeOf(moment: Moment | number): string | undefined {
  const ms = typeof moment === 'number' ? moment : utcTime(moment);
  return ms >= FIRST && ms <= LAST ? new Date(ms).toISOString() : undefined;
}

function utcTime(moment: Moment): number {
  const { hour, minute, second, offsetMinutes } = moment;
  const isTime = (hour < 24 && minute < 60 && second < 61) || (hour === 24 && minute === 0 && second === 0);
  if (!isTime || Math.abs(offsetMinutes) >= 24 * 60) return Number.NaN;
  return Math.floor(utc(moment) + ((hour * 60 + minute - offsetMinutes) * 60 + second) * 1000);
}

/** The midnight that begins a day, in UTC; `NaN` for none, or one out of the years 1 to 9999. */
export function utc({ year, month, day }: Day): number {
  if (year < 1 || year > 9999) return Number.NaN;
  const date = new Date(0);
  // not by Date.UTC, which takes the years 0 to 99 for those of the last century
  date.setUTCFullYear(year, month - 1, day);
  // A day that a month does not have is one of the next
  return date.getUTCMonth() === month - 1 ? date.getTime() : Number.NaN;
}

/** Minutes from UTC of a zone's hours, which have its sign, and minutes; none where it says none. */
export function offsetOf(hours: string | undefined, minutes: string | undefined): number {
  const size = Math.abs(Number(hours ?? 0)) * 60 + Number(minutes ?? 0);
  return hours?.startsWith('-') ? -size : size;
}

const FIRST = new Date('0001-01-01T00:00:00.000Z').getTime();
const LAST = new Date('9999-12-31T23:59:59.999Z').getTime();
