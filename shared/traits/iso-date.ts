import { type Day, dayOf, offsetOf, timeOf, utc } from './moment.ts';

// Hyphens in all places or in none, and likewise the colons of a time
const CALENDAR = /^(\d{4})(-?)(\d{2})\2(\d{2})$/;
const WEEK = /^(\d{4})(-?)W(\d{2})\2([1-7])$/;
const ORDINAL = /^(\d{4})-?(\d{3})$/;
const TIME = /^(\d{2})(?:(:?)(\d{2})(?:\2(\d{2}(?:[.,]\d+)?))?)?(?:Z|([+-]\d{2})(?::?(\d{2}))?)?$/i;
const DAY_MS = 86_400_000;

/**
 * Reads ISO 8601: a date in calendar, week or ordinal form, with hyphens or without; after a `T`, or
 * the blank that RFC 3339 allows in its place, a time with or without a zone.
 */
export function readIsoDate(text: string): string | undefined {
  const [date = text, time, ...rest] = text.split(/[Tt]|(?<=\d) +(?=\d)/);
  if (rest.length > 0) return undefined;
  const day = readDay(date);
  if (day === undefined) return undefined;
  return time === undefined ? dayOf(day) : readTime(day, time);
}

function readDay(text: string): Day | undefined {
  const calendar = CALENDAR.exec(text);
  if (calendar !== null) {
    return { year: Number(calendar[1]), month: Number(calendar[3]), day: Number(calendar[4]) };
  }
  const week = WEEK.exec(text);
  if (week !== null) return weekDay(Number(week[1]), Number(week[3]), Number(week[4]));
  const ordinal = ORDINAL.exec(text);
  return ordinal === null ? undefined : dayIn(Number(ordinal[1]), Number(ordinal[2]));
}

/** The first week of a year is that of its fourth of January, and begins on a Monday. */
function weekDay(year: number, week: number, weekday: number): Day | undefined {
  const fourth = utc({ year, month: 1, day: 4 });
  const monday = fourth - ((new Date(fourth).getUTCDay() + 6) % 7) * DAY_MS;
  const day = new Date(monday + ((week - 1) * 7 + weekday - 1) * DAY_MS);
  // The week is one of the year that has its Thursday
  const thursday = new Date(day.getTime() + (4 - weekday) * DAY_MS);
  return thursday.getUTCFullYear() === year ? calendarDay(day) : undefined;
}

function dayIn(year: number, ordinal: number): Day | undefined {
  const start = utc({ year, month: 1, day: 1 });
  const day = new Date(start + (ordinal - 1) * DAY_MS);
  return day.getUTCFullYear() === year ? calendarDay(day) : undefined;
}

const calendarDay = (date: Date): Day => ({
  year: date.getUTCFullYear(),
  month: date.getUTCMonth() + 1,
  day: date.getUTCDate(),
});

function readTime(day: Day, text: string): string | undefined {
  const match = TIME.exec(text);
  if (match === null) return undefined;
  const [, hour, , minute, second, zoneHours, zoneMinutes] = match;
  return timeOf({
    ...day,
    hour: Number(hour),
    minute: Number(minute ?? 0),
    second: Number(second?.replace(',', '.') ?? 0),
    offsetMinutes: offsetOf(zoneHours, zoneMinutes),
  });
}
