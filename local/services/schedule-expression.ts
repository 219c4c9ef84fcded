import { type Cron, nextOnWallClock, parseCron } from './cron.ts';

/** When a schedule is due. */
export type ScheduleExpression =
  | { readonly kind: 'at'; readonly at: number }
  | { readonly kind: 'rate'; readonly everyMs: number }
  | { readonly kind: 'cron'; readonly cron: Cron; readonly timeZone: string };

const UNIT_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
const DAY_MS = UNIT_MS.day;

/**
 * Reads `at(…)`, `rate(…)` or `cron(…)`.
 *
 * @throws {RangeError} for an expression or a time zone that is none.
 */
export function parseScheduleExpression(text: string, timeZone: string): ScheduleExpression {
  new Intl.DateTimeFormat('en', { timeZone }); // throws a RangeError for an unknown zone
  const [, kind, argument = ''] = /^(at|rate|cron)\((.*)\)$/.exec(text) ?? [];
  if (kind === 'cron') return { kind, cron: parseCron(argument), timeZone };
  if (kind === 'rate') return { kind, everyMs: parseRate(argument) };
  if (kind === 'at' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(argument)) {
    const wall = Date.parse(`${argument}Z`);
    if (!Number.isNaN(wall)) return { kind, at: fromWallClock(wall, timeZone) ?? afterGap(wall, timeZone) };
  }
  throw new RangeError(`${text} is not at(yyyy-mm-ddThh:mm:ss), rate(value unit) or cron(fields)`);
}

/**
 * The first time after `after` at which the schedule is due.
 *
 * A rate counts from `anchor`. A cron expression means the wall clock of its zone: a time that the clock skips in
 * spring is skipped, one that comes twice in autumn counts once, the first time.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#daylist-savings-time
 */
export function nextDue(
  schedule: ScheduleExpression,
  o: { after: number; anchor: number },
): number | undefined {
  if (schedule.kind === 'at') return schedule.at > o.after ? schedule.at : undefined;
  if (schedule.kind === 'rate') {
    const past = Math.floor((o.after - o.anchor) / schedule.everyMs) + 1;
    return o.anchor + Math.max(past, 0) * schedule.everyMs;
  }
  const { cron, timeZone } = schedule;
  let wall = nextOnWallClock(cron, o.after + offsetAt(o.after, timeZone));
  while (wall !== undefined) {
    const instant = fromWallClock(wall, timeZone);
    if (instant !== undefined && instant > o.after) return instant;
    wall = nextOnWallClock(cron, wall);
  }
  return undefined;
}

function parseRate(text: string): number {
  const [, value, unit] = /^([1-9]\d*) (minute|hour|day)s?$/.exec(text) ?? [];
  if (unit !== 'minute' && unit !== 'hour' && unit !== 'day') {
    throw new RangeError(`${text} is not a positive number of minutes, hours or days`);
  }
  return Number(value) * UNIT_MS[unit];
}

/** How far the zone's clock is ahead of UTC at an instant, in milliseconds. */
function offsetAt(instant: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(instant);
  const part = (type: string) => Number(parts.find((p) => p.type === type)?.value);
  const clock = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return clock - Math.floor(instant / 1000) * 1000;
}

/** The first instant at which the zone's clock shows `wall`; none if it skips it. */
function fromWallClock(wall: number, timeZone: string): number | undefined {
  return [wall - DAY_MS, wall + DAY_MS]
    .map((nearby) => wall - offsetAt(nearby, timeZone))
    .filter((instant) => instant + offsetAt(instant, timeZone) === wall)
    .sort((a, b) => a - b)[0];
}

const afterGap = (wall: number, timeZone: string) => wall - offsetAt(wall - DAY_MS, timeZone);
