import { readIsoDate } from './iso-date.ts';
import { dayOf, type Moment, offsetOf, timeOf } from './moment.ts';

/** Numbers below could be days since 1900 as spreadsheets count, or a date without its hyphens. */
const LEAST_SECONDS = 1e8;
/** The year 5138 in seconds, March 1973 in milliseconds. */
const LEAST_MS = 1e11;

const DIGITS = /^-?\d{9,14}$/;
const YEAR_FIRST = /^(\d{4})[./](\d{1,2})[./](\d{1,2})$/;
const DAY_FIRST = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/;
const EITHER_FIRST = /^(\d{1,2})[/-](\d{1,2})[/-](\d{4})$/;
const DAY_NAMED_MONTH = /^(\d{1,2})(?:\s+|-)([a-z]{3,9})\.?,?(?:\s+|-)(\d{4})$/i;
const NAMED_MONTH_DAY = /^([a-z]{3,9})\.?\s+(\d{1,2}),?\s+(\d{4})$/i;
const MAIL_DATE =
  /^(?:[a-z]{3},\s*)?(\d{1,2})\s+([a-z]{3})\s+(\d{4})\s+(\d{2}):(\d{2})(?::(\d{2}))?\s+(?:GMT|UTC?|Z|([+-]\d{2})(\d{2}))$/i;

const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];

/**
 * A date as `2026-11-22`, or a moment as `2026-11-22T09:15:00.000Z`: a date without a time stays one,
 * since no time zone is right for it. A time without a zone counts as UTC.
 *
 * Read are ISO 8601 (calendar, week and ordinal dates), seconds and milliseconds since 1970, RFC 5322,
 * months by their English names, and days and months by number where only one reading is possible:
 * `22.11.2026` always, `22/11/2026` since there is no month 22. `undefined` for everything else, and
 * for `01/02/2026` above all.
 */
export function readDate(value: unknown): string | undefined {
  if (typeof value === 'number') return readEpoch(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (text.length > 50) return undefined;
  if (DIGITS.test(text)) return readEpoch(Number(text));
  return readIsoDate(text) ?? readDay(text) ?? readMailDate(text);
}

function readEpoch(value: number): string | undefined {
  const size = Math.abs(value);
  if (size < LEAST_SECONDS) return undefined;
  return timeOf(Math.round(size < LEAST_MS ? value * 1000 : value));
}

function readDay(text: string): string | undefined {
  const yearFirst = YEAR_FIRST.exec(text);
  if (yearFirst !== null) return dayOf(numbers(yearFirst, ['year', 'month', 'day']));
  const dayFirst = DAY_FIRST.exec(text);
  if (dayFirst !== null) return dayOf(numbers(dayFirst, ['day', 'month', 'year']));
  const named = DAY_NAMED_MONTH.exec(text);
  if (named !== null) return namedDay(named[1], named[2], named[3]);
  const monthNamed = NAMED_MONTH_DAY.exec(text);
  if (monthNamed !== null) return namedDay(monthNamed[2], monthNamed[1], monthNamed[3]);
  return readEither(text);
}

/** Days before months, or after: only where the two come to the same, or one of them is no date. */
function readEither(text: string): string | undefined {
  const match = EITHER_FIRST.exec(text);
  if (match === null) return undefined;
  const day = dayOf(numbers(match, ['day', 'month', 'year']));
  const other = dayOf(numbers(match, ['month', 'day', 'year']));
  return day === undefined || other === undefined || day === other ? (day ?? other) : undefined;
}

const namedDay = (day: unknown, month: unknown, year: unknown): string | undefined =>
  dayOf({ year: Number(year), month: monthOf(month), day: Number(day) });

/** 0, which is no month, for a word that is none. Three letters tell months apart. */
function monthOf(name: unknown): number {
  const word = String(name).toLowerCase();
  return MONTHS.findIndex((month) => month === word || (word.length < 5 && month.startsWith(word))) + 1;
}

/** RFC 5322, as mail and HTTP write moments. */
function readMailDate(text: string): string | undefined {
  const match = MAIL_DATE.exec(text);
  if (match === null) return undefined;
  const [, day, month, year, hour, minute, second, zoneHours, zoneMinutes] = match;
  const moment: Moment = {
    year: Number(year),
    month: monthOf(month),
    day: Number(day),
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second ?? 0),
    offsetMinutes: offsetOf(zoneHours, zoneMinutes),
  };
  return timeOf(moment);
}

type Part = 'year' | 'month' | 'day';

function numbers(match: RegExpExecArray, order: readonly Part[]) {
  const part = (name: Part): number => Number(match[order.indexOf(name) + 1]);
  return { year: part('year'), month: part('month'), day: part('day') };
}
