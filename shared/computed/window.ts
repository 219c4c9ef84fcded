import * as z from 'zod';
import { dayStart, localDay } from '#shared/kernel/calendar.ts';

export const MAX_WINDOW_HOURS = 48;
export const MAX_WINDOW_DAYS = 366;

/**
 * How far back something is counted: `hours`, this hour by the clock and those before it, or `days`,
 * today in the workspace's time zone and the days before it.
 */
export const Window = z.union([
  z.strictObject({ hours: z.int().min(1).max(MAX_WINDOW_HOURS) }),
  z.strictObject({ days: z.int().min(1).max(MAX_WINDOW_DAYS) }),
]);
export type Window = z.infer<typeof Window>;

const HOUR_MS = 3_600_000;

/** The hours or days that a window is made of. */
export interface Buckets {
  /** How many stand at a time. */
  readonly count: number;
  /** The bucket of an event: the number of its hour since 1970, or of its local day. */
  of(at: number): number;
  /** The first bucket that counts at a time. What is to come is never before it. */
  firstAt(now: number): number;
  /** When a bucket leaves: from that moment on it does not count. */
  leavesAt(bucket: number): number;
}

/** The buckets of a window in a workspace's time zone. */
export function bucketsOf(window: Window, timeZone: string): Buckets {
  if ('hours' in window) {
    const { hours } = window;
    const of = (at: number): number => Math.floor(at / HOUR_MS);
    return {
      count: hours,
      of,
      firstAt: (now) => of(now) - hours + 1,
      leavesAt: (bucket) => (bucket + hours) * HOUR_MS,
    };
  }
  const { days } = window;
  return {
    count: days,
    of: (at) => localDay(at, timeZone),
    firstAt: (now) => localDay(now, timeZone) - days + 1,
    leavesAt: (bucket) => dayStart(bucket + days, timeZone),
  };
}
