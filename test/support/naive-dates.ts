import { Temporal } from 'temporal-polyfill';

/** A clock in a place. */
export interface Clock {
  readonly now: number;
  readonly timeZone: string;
}

const DAY = /^\d{4}-\d\d-\d\d$/;
const MOMENT = /^\d{4}-\d\d-\d\dT/;

/** Whether a value is a date or a moment as these tests write them. */
export const isDateText = (value: unknown): value is string =>
  typeof value === 'string' && (DAY.test(value) || MOMENT.test(value));

/** The first millisecond of a day, or the moment itself. */
export function beginOf(text: string, timeZone: string): number {
  if (!DAY.test(text)) return Date.parse(text);
  return Temporal.PlainDate.from(text).toZonedDateTime(timeZone).epochMilliseconds;
}

/** The last millisecond of a day, or the moment itself. */
export function endOf(text: string, timeZone: string): number {
  if (!DAY.test(text)) return Date.parse(text);
  const next = Temporal.PlainDate.from(text).add({ days: 1 });
  return next.toZonedDateTime(timeZone).epochMilliseconds - 1;
}

export const dateAt = (at: number, timeZone: string): Temporal.PlainDate =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate();

/** Looks at the days from today on, one by one, until the day of the year is the same. */
export function comesWithin(value: string, days: number, { now, timeZone }: Clock): boolean {
  const born = DAY.test(value) ? Temporal.PlainDate.from(value) : dateAt(Date.parse(value), timeZone);
  const today = dateAt(now, timeZone);
  return Array.from({ length: days + 1 }, (_, ahead) => today.add({ days: ahead })).some((day) => {
    const isLeapDay = born.month === 2 && born.day === 29 && !day.inLeapYear;
    return day.month === born.month && day.day === (isLeapDay ? 28 : born.day);
  });
}

/** Whether a time is in this hour or the ones before it, or on this day or the ones before it. */
export function isInWindow(at: number, window: string, { now, timeZone }: Clock): boolean {
  const count = Number.parseInt(window, 10);
  if (window.endsWith('h')) return Math.floor(at / 3_600_000) > Math.floor(now / 3_600_000) - count;
  const first = dateAt(now, timeZone).subtract({ days: count - 1 });
  return Temporal.PlainDate.compare(dateAt(at, timeZone), first) >= 0;
}

export function milliseconds(duration: string): number {
  const units: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
  return Number.parseInt(duration, 10) * (units[duration.slice(-1)] ?? Number.NaN);
}
