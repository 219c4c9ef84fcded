import { durationMs } from './duration.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A name or a value in a sentence: texts in quotes, so that it is seen where they end. */
export function quoted(value: unknown): string {
  if (typeof value === 'string') return `“${value}”`;
  if (Array.isArray(value)) return value.length === 0 ? 'nothing' : listed(value.map(quoted), 'and');
  if (value === undefined || value === null) return 'nothing';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** How many values a sentence names. */
const NAMED = 5;

/** Texts in a row: `a, b or c`; of many the first few. */
export function listed(texts: readonly string[], word: 'and' | 'or'): string {
  if (texts.length > NAMED) return `${texts.slice(0, NAMED).join(', ')} ${word} ${texts.length - NAMED} more`;
  const last = texts.at(-1) ?? '';
  return texts.length < 2 ? last : `${texts.slice(0, -1).join(', ')} ${word} ${last}`;
}

/** `1 day`, `2 days`. */
export const counted = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? '' : 's'}`;

/** A stretch of time: `30 days`, `24 hours`. */
export function spoken(duration: string): string {
  const ms = durationMs(duration);
  if (duration.endsWith('d')) return counted(ms / DAY_MS, 'day');
  return duration.endsWith('h') ? counted(ms / HOUR_MS, 'hour') : counted(ms / 60_000, 'minute');
}

/** Writes moments down as they are read in a time zone: `22 Nov 2026, 10:15`. */
export function clockOf(timeZone: string): (at: number | string) => string {
  const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone });
  return (at) => format.format(typeof at === 'string' ? Date.parse(at) : at);
}
