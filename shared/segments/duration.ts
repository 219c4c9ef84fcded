import * as z from 'zod';

const MINUTE_MS = 60_000;
const UNITS = { m: MINUTE_MS, h: 60 * MINUTE_MS, d: 1440 * MINUTE_MS } as const;

/** Ten years and a little. */
const MAX_MS = 3_660 * UNITS.d;

/** A stretch of time: `15m`, `24h`, `30d`. A day is 24 hours, and the longest is 3660d. */
export const Duration = z
  .string()
  .regex(/^[1-9]\d{0,6}[mhd]$/, 'a whole number with m, h or d: 15m, 24h, 30d')
  .refine((text) => durationMs(text) <= MAX_MS, 'at most 3660d');
export type Duration = z.infer<typeof Duration>;

/** How long it is, in milliseconds. */
export function durationMs(text: string): number {
  const unit = text.endsWith('m') ? UNITS.m : text.endsWith('h') ? UNITS.h : UNITS.d;
  return Number(text.slice(0, -1)) * unit;
}
