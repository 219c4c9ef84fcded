import * as z from 'zod';
import { RequestError } from '#shared/kernel/errors.ts';

const DAY_MS = 86_400_000;

const Moment = z.union([z.iso.datetime({ offset: true }), z.iso.date()]);

/** The first moment of a range: a time, or a day in UTC, which begins at its midnight. */
export const From = Moment.transform((text) => Date.parse(text)).describe('a time, or a day in UTC');

/** The last moment of a range: a time, or a day in UTC, of which it takes all. */
export const To = Moment.transform(
  (text) => Date.parse(text) + (text.includes('T') ? 0 : DAY_MS - 1),
).describe('a time, or a day in UTC; that day is in the range');

/** A range as it is asked for: by default one that ends now. */
export function timeRange(
  { from, to }: { readonly from?: number | undefined; readonly to?: number | undefined },
  {
    now,
    standardMs,
    mostDays,
  }: { readonly now: number; readonly standardMs: number; readonly mostDays: number },
): { readonly from: number; readonly to: number } {
  const end = to ?? now;
  const start = from ?? end - standardMs;
  if (start > end) throw invalidRange('query.from', 'later than the end of the range');
  // a day's last millisecond stands for its end
  if (end - start > mostDays * DAY_MS)
    throw invalidRange('query.from', `at most ${mostDays} days before the end`);
  return { from: start, to: end };
}

const invalidRange = (path: string, message: string): RequestError =>
  new RequestError({
    status: 400,
    code: 'INVALID_REQUEST',
    message: 'the request is not valid',
    details: [{ path, message }],
  });
