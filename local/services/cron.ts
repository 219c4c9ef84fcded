const DAY_MS = 86_400_000;
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/** A cron expression in AWS's six fields, read. */
export interface Cron {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly months: readonly number[];
  readonly years: readonly number[];
  /** The days of a month that it names, ascending. */
  readonly daysOf: (year: number, month: number) => readonly number[];
}

/**
 * Reads `minutes hours day-of-month month day-of-week year`.
 *
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
 *
 * @throws {RangeError} naming the field that AWS would refuse.
 */
export function parseCron(text: string): Cron {
  const fields = text.trim().toUpperCase().split(/\s+/);
  const [minute, hour, dayOfMonth, month, dayOfWeek, year] = fields;
  if (fields.length !== 6 || !minute || !hour || !dayOfMonth || !month || !dayOfWeek || !year) {
    throw new RangeError(`a cron expression has six fields, not ${fields.length}`);
  }
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) {
    throw new RangeError('exactly one of day-of-month and day-of-week must be ?');
  }
  return {
    minutes: values(minute, { first: 0, last: 59 }),
    hours: values(hour, { first: 0, last: 23 }),
    months: values(month, { first: 1, last: 12, names: MONTHS }),
    years: values(year, { first: 1970, last: 2199 }),
    daysOf: dayOfWeek === '?' ? daysOfMonth(dayOfMonth) : daysOfWeek(dayOfWeek),
  };
}

/** The first time after `after` that matches, both on a wall clock written as if it were UTC. */
export function nextOnWallClock(cron: Cron, after: number): number | undefined {
  const today = Math.floor(after / DAY_MS) * DAY_MS;
  for (const day of daysFrom(cron, new Date(after))) {
    if (day < today) continue;
    for (const hour of cron.hours) {
      for (const minute of cron.minutes) {
        const time = day + (hour * 60 + minute) * 60_000;
        if (time > after) return time;
      }
    }
  }
  return undefined;
}

function* daysFrom(cron: Cron, from: Date): Generator<number> {
  for (const year of cron.years.filter((year) => year >= from.getUTCFullYear())) {
    const firstMonth = year === from.getUTCFullYear() ? from.getUTCMonth() + 1 : 1;
    for (const month of cron.months.filter((month) => month >= firstMonth)) {
      for (const day of cron.daysOf(year, month)) yield Date.UTC(year, month - 1, day);
    }
  }
}

interface Range {
  readonly first: number;
  readonly last: number;
  readonly names?: readonly string[];
}

/** A comma-separated list of values, ranges and steps, ascending. */
function values(field: string, range: Range): number[] {
  const found = new Set<number>();
  for (const part of field.split(',')) {
    const [, from, to, step] = /^(\*|\w+)(?:-(\w+))?(?:\/(\d+))?$/.exec(part) ?? [];
    if (from === undefined || step === '0') throw new RangeError(`${part} is not a value, a range or a step`);
    const start = from === '*' ? range.first : numberOf(from, range);
    const open = from === '*' || step !== undefined;
    const end = to === undefined ? (open ? range.last : start) : numberOf(to, range);
    if (end < start) throw new RangeError(`${part} runs backwards`);
    for (let value = start; value <= end; value += Number(step ?? 1)) found.add(value);
  }
  return [...found].sort((a, b) => a - b);
}

function numberOf(text: string, { first, last, names = [] }: Range): number {
  const named = names.indexOf(text);
  const value = named >= 0 ? named + first : Number(text);
  if (Number.isInteger(value) && value >= first && value <= last) return value;
  throw new RangeError(`${text} is not between ${first} and ${last}`);
}

const lengthOf = (year: number, month: number) => new Date(Date.UTC(year, month, 0)).getUTCDate();
/** 1 for Sunday, as AWS counts. */
const weekdayOf = (year: number, month: number, day: number) =>
  new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;

function daysOfMonth(field: string): Cron['daysOf'] {
  if (field === 'L') return (year, month) => [lengthOf(year, month)];
  const [, nearest] = /^(\d+)W$/.exec(field) ?? [];
  if (nearest !== undefined) {
    const wanted = numberOf(nearest, { first: 1, last: 31 });
    return (year, month) => nearestWeekday(year, month, wanted);
  }
  const days = values(field, { first: 1, last: 31 });
  return (year, month) => days.filter((day) => day <= lengthOf(year, month));
}

/** The weekday closest to a day, within its month. */
function nearestWeekday(year: number, month: number, day: number): number[] {
  const last = lengthOf(year, month);
  if (day > last) return [];
  const candidates = [0, -1, 1, -2, 2].map((offset) => day + offset);
  const isWeekday = (candidate: number) => ![1, 7].includes(weekdayOf(year, month, candidate));
  return candidates.filter((c) => c >= 1 && c <= last && isWeekday(c)).slice(0, 1);
}

function daysOfWeek(field: string): Cron['daysOf'] {
  const range = { first: 1, last: 7, names: WEEKDAYS };
  const all = (year: number, month: number, weekdays: readonly number[]) =>
    Array.from({ length: lengthOf(year, month) }, (_, index) => index + 1).filter((day) =>
      weekdays.includes(weekdayOf(year, month, day)),
    );
  const [, last] = /^(\w+)L$/.exec(field) ?? [];
  if (last !== undefined) {
    const weekday = numberOf(last, range);
    return (year, month) => all(year, month, [weekday]).slice(-1);
  }
  const [, day, nth] = /^(\w+)#(\d)$/.exec(field) ?? [];
  if (day !== undefined) {
    const weekday = numberOf(day, range);
    const index = numberOf(nth ?? '', { first: 1, last: 5 }) - 1;
    return (year, month) => all(year, month, [weekday]).slice(index, index + 1);
  }
  const weekdays = field === 'L' ? [7] : values(field, range);
  return (year, month) => all(year, month, weekdays);
}
