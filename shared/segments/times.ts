import { MAX_WINDOW_DAYS, MAX_WINDOW_HOURS, type Window } from '#shared/computed/window.ts';

/** How often something must have happened. */
export interface Times {
  readonly least: number;
  readonly most: number;
}

interface Said {
  readonly atLeast?: number | undefined;
  readonly atMost?: number | undefined;
  readonly exactly?: number | undefined;
}

/** What a condition says of how often; at least once where it says nothing. */
export function timesOf({ atLeast, atMost, exactly }: Said): Times {
  const least = atLeast ?? (exactly === undefined && atMost === undefined ? 1 : 0);
  return { least: Math.max(least, exactly ?? 0), most: Math.min(atMost ?? Infinity, exactly ?? Infinity) };
}

export const isOnce = ({ least, most }: Times): boolean => least === 1 && most === Infinity;
export const isNever = ({ least, most }: Times): boolean => least === 0 && most === 0;
export const isAmong = (count: number, { least, most }: Times): boolean => count >= least && count <= most;

/** The window that counts what is within a duration; `undefined` for one that is not counted by hours or days. */
export function windowOf(duration: string): Window | undefined {
  const count = Number(duration.slice(0, -1));
  if (duration.endsWith('h') && count <= MAX_WINDOW_HOURS) return { hours: count };
  return duration.endsWith('d') && count <= MAX_WINDOW_DAYS ? { days: count } : undefined;
}
