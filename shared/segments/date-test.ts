import * as z from 'zod';
import type { EpochMs } from '#shared/events/event.ts';
import { dayStart, localDay } from '#shared/kernel/calendar.ts';
import { readDate } from '#shared/traits/date.ts';
import { utc } from '#shared/traits/moment.ts';
import { Duration, durationMs } from './duration.ts';

const DAY_MS = 86_400_000;

/** A day, as `2026-11-22`. */
export const Day = z.iso.date();
/** A moment with its zone, as `2026-11-22T09:15:00Z`. */
export const Moment = z.iso.datetime({ offset: true });

/** A day, a moment with its zone, or so long before or after now. */
export const DateOperand = z.union(
  [Day, Moment, z.strictObject({ ago: Duration }), z.strictObject({ ahead: Duration })],
  { error: 'a day as 2026-11-22, a time as 2026-11-22T09:15:00Z, {"ago": "30d"} or {"ahead": "7d"}' },
);
export type DateOperand = z.infer<typeof DateOperand>;

/**
 * What may be asked of a date or a moment. A day without a time begins and ends in the workspace's time
 * zone: before it is before it begins, after it is after it has ended.
 */
export const DATE_OPERATORS = {
  before: DateOperand.optional(),
  after: DateOperand.optional(),
  /** It is past, and by less than so long. */
  within: Duration.optional(),
  /** It is to come, in less than so long. */
  withinNext: Duration.optional(),
  /** Its day of the year comes within so many days; 0 is today. */
  anniversary: z.strictObject({ withinDays: z.int().min(0).max(365) }).optional(),
};
const DateTest = z.strictObject(DATE_OPERATORS);
export type DateTest = z.infer<typeof DateTest>;

/** When something holds: from a time on, until before another. */
export interface Span {
  readonly from: EpochMs;
  readonly until: EpochMs;
}

/** The span that a time is in, or the next one after it; `undefined` for a value that is no date. */
export type SpanOf = (value: unknown, now: EpochMs) => Span | undefined;

type Operator = keyof DateTest;
type Operand<K extends Operator> = NonNullable<DateTest[K]>;

/** One entry an operator: when it holds of a value. */
const OPERATORS: {
  readonly [K in Operator]: (operand: Operand<K>, timeZone: string) => SpanOf;
} = {
  before(operand, timeZone) {
    if (typeof operand !== 'string') {
      const offset = offsetOf(operand);
      return ofInstant(timeZone, (at) => ({ from: at - offset + 1, until: Infinity }));
    }
    const end = isDay(operand) ? dayStart(dayNumber(operand), timeZone) : Date.parse(operand);
    return ofInstant(timeZone, (at) => (at < end ? ALWAYS : NEVER));
  },

  after(operand, timeZone) {
    if (typeof operand !== 'string') {
      const offset = offsetOf(operand);
      return ofInstant(timeZone, (at) => ({ from: -Infinity, until: at - offset }));
    }
    const start = isDay(operand) ? dayStart(dayNumber(operand) + 1, timeZone) : Date.parse(operand) + 1;
    return ofInstant(timeZone, (at) => (at >= start ? ALWAYS : NEVER));
  },

  within(operand, timeZone) {
    const length = durationMs(operand);
    return ofInstant(timeZone, (at) => ({ from: at, until: at + length }));
  },

  withinNext(operand, timeZone) {
    const length = durationMs(operand);
    return ofInstant(timeZone, (at) => ({ from: at - length + 1, until: at + 1 }));
  },

  anniversary({ withinDays }, timeZone) {
    return (value, now) => {
      const date = readDate(value);
      if (date === undefined) return undefined;
      const day = isDay(date) ? dayNumber(date) : localDay(Date.parse(date), timeZone);
      const next = nextAnniversary(day, localDay(now, timeZone));
      return { from: dayStart(next - withinDays, timeZone), until: dayStart(next + 1, timeZone) };
    };
  },
};

const OPERATOR_NAMES: readonly Operator[] = ['before', 'after', 'within', 'withinNext', 'anniversary'];
const ALWAYS: Span = { from: -Infinity, until: Infinity };
const NEVER: Span = { from: Infinity, until: Infinity };

/** Makes what is asked of a date functions, one an operator. */
export function compileDateTest(test: DateTest, timeZone: string): readonly SpanOf[] {
  return OPERATOR_NAMES.flatMap((name) => compileOperator(name, test, timeZone));
}

function compileOperator<K extends Operator>(name: K, test: DateTest, timeZone: string): readonly SpanOf[] {
  const operand = test[name];
  return operand === undefined ? [] : [OPERATORS[name](operand, timeZone)];
}

/** When a span's answer is another: at its beginning, at its end, or never. */
export function nextOfSpan({ from, until }: Span, now: EpochMs): EpochMs | undefined {
  const next = now < from ? from : until;
  return next > now && next < Infinity ? next : undefined;
}

export const isInSpan = ({ from, until }: Span, now: EpochMs): boolean => now >= from && now < until;

const offsetOf = (operand: { readonly ago: Duration } | { readonly ahead: Duration }): number =>
  'ago' in operand ? -durationMs(operand.ago) : durationMs(operand.ahead);

/** When a date is, as everything that compares dates takes it; `undefined` for a value that is none. */
export function instantOf(value: unknown, timeZone: string): EpochMs | undefined {
  const date = readDate(value);
  if (date === undefined) return undefined;
  return isDay(date) ? dayStart(dayNumber(date), timeZone) : Date.parse(date);
}

function ofInstant(timeZone: string, spanAt: (at: EpochMs) => Span): SpanOf {
  return (value) => {
    const at = instantOf(value, timeZone);
    return at === undefined ? undefined : spanAt(at);
  };
}

/** Whether a date is a day, and no moment. */
export const isDay = (date: string): boolean => date.length === 10;
/** How many days after 1970-01-01 a day is. */
export const dayNumber = (date: string): number => Date.parse(`${date}T00:00:00Z`) / DAY_MS;

/** The day of this year or the next one that a date's day comes on again; 29 February comes on the 28th where it must. */
function nextAnniversary(day: number, today: number): number {
  const date = new Date(day * DAY_MS);
  const year = new Date(today * DAY_MS).getUTCFullYear();
  const thisYear = dayOfYear(date, year);
  return thisYear >= today ? thisYear : dayOfYear(date, year + 1);
}

function dayOfYear(date: Date, year: number): number {
  const [month, day] = [date.getUTCMonth() + 1, date.getUTCDate()];
  const ms = utc({ year, month, day });
  return (Number.isNaN(ms) ? utc({ year, month, day: day - 1 }) : ms) / DAY_MS;
}
