const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** Where a day can begin around its midnight in UTC: no zone has been further off since 1970. */
const EAST_MS = 15 * HOUR_MS;
const WEST_MS = 13 * HOUR_MS;

/** Some years of days a zone; one that reads more of them than that begins anew. */
const MAX_CACHED_DAYS = 4_000;

interface Zone {
  readonly format: Intl.DateTimeFormat;
  /** When each day begins, as far as anybody asked. */
  readonly starts: Map<number, number>;
}

const zones = new Map<string, Zone>();

/** Whether a text names a time zone of the IANA database, as `Europe/Paris`; a mere offset does not. */
export function isTimeZone(timeZone: string): boolean {
  if (!/^[A-Za-z]/.test(timeZone)) return false;
  try {
    return zoneOf(timeZone) !== undefined;
  } catch (fault) {
    if (fault instanceof RangeError) return false;
    throw fault;
  }
}

/**
 * The first moment of a day, as milliseconds since 1970: mostly midnight, later where clocks are put
 * forward over it, and that of the next day where a day was left out (Samoa, 30 December 2011).
 *
 * @param day how many days after 1970-01-01 it is by the zone's own calendar.
 * @throws {RangeError} for what {@link isTimeZone} says is none.
 */
export function dayStart(day: number, timeZone: string): number {
  const zone = zoneOf(timeZone);
  const known = zone.starts.get(day);
  if (known !== undefined) return known;
  const start = findStart(day, zone);
  if (zone.starts.size >= MAX_CACHED_DAYS) zone.starts.clear();
  zone.starts.set(day, start);
  return start;
}

/**
 * Which day it is: the last one that has begun, as the number of days after 1970-01-01. Where clocks go
 * back over midnight, the hour that comes again belongs to the day that had begun, so that days never
 * go back: `dayStart(d) <= at` just where `d <= localDay(at)`.
 */
export function localDay(at: number, timeZone: string): number {
  let day = Math.floor(at / DAY_MS);
  while (dayStart(day, timeZone) > at) day -= 1;
  while (dayStart(day + 1, timeZone) <= at) day += 1;
  return day;
}

function zoneOf(timeZone: string): Zone {
  const known = zones.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const zone = { format, starts: new Map<number, number>() };
  zones.set(timeZone, zone);
  return zone;
}

/**
 * Offsets change at most once in the 28 hours in which a day can begin; where they do, the change is
 * found by halving.
 */
function findStart(day: number, zone: Zone): number {
  const midnight = day * DAY_MS;
  const [from, to] = [midnight - EAST_MS, midnight + WEST_MS];
  const [before, after] = [offsetAt(from, zone), offsetAt(to, zone)];
  if (before === after) return midnight - before;
  const change = changeBetween(from, to, zone);
  if (midnight - before < change) return midnight - before;
  return Math.max(change, midnight - after);
}

function changeBetween(from: number, to: number, zone: Zone): number {
  const before = offsetAt(from, zone);
  let [last, first] = [from, to];
  while (first - last > 1) {
    const middle = Math.floor((last + first) / 2);
    if (offsetAt(middle, zone) === before) last = middle;
    else first = middle;
  }
  return first;
}

/** How far a zone's clocks are ahead of UTC, in milliseconds. */
function offsetAt(at: number, { format }: Zone): number {
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
}

/**
 * When a clock on a wall of the zone shows a time, given as milliseconds since 1970 were it UTC's. Of an
 * hour that comes twice the first; a time that is left out counts by the clock before the change.
 */
export function momentAt(wall: number, timeZone: string): number {
  const day = Math.floor(wall / DAY_MS);
  const start = dayStart(day, timeZone);
  // A day of 24 hours is one that no clock was changed in
  if (dayStart(day + 1, timeZone) - start === DAY_MS) return start + wall - day * DAY_MS;
  const zone = zoneOf(timeZone);
  const near = [wall - DAY_MS, wall + DAY_MS].map((at) => wall - offsetAt(at, zone));
  const [before = wall, after = wall] = near;
  if (before === after) return before;
  if (before + offsetAt(before, zone) === wall) return before;
  return after + offsetAt(after, zone) === wall ? after : before;
}
