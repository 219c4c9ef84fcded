import type { EpochMs } from '#shared/events/event.ts';

const DAY_MS = 86_400_000;

/** What the key of an object of quarantine tells of it. */
interface QuarantinePlace {
  readonly source: string;
  /** When the first of its entries was received. */
  readonly receivedAt: EpochMs;
}

/**
 * Where entries of one source lie that were kept under an id: `quarantine/dt=2026-11-22/shop/43199999-r1.jsonl`.
 *
 * The number is what was left of the day when they were received, in milliseconds: S3 lists by name from the
 * least on, so that the newest are found without reading past the others.
 */
export const quarantineKey = ({
  source,
  receivedAt,
  id,
}: QuarantinePlace & { readonly id: string }): string =>
  `${quarantinePrefix(receivedAt, source)}${leftOfDay(receivedAt)}-${id}.jsonl`;

/** What keys of a day's entries begin with, of one source or of all. */
export const quarantinePrefix = (at: EpochMs, source?: string): string =>
  `quarantine/dt=${new Date(at).toISOString().slice(0, 10)}/${source === undefined ? '' : `${source}/`}`;

const leftOfDay = (at: EpochMs): string => String(DAY_MS - 1 - (at % DAY_MS)).padStart(8, '0');

const KEY = /^quarantine\/dt=(\d{4}-\d{2}-\d{2})\/([^/]+)\/(\d{8})-[^/]+\.jsonl$/;

/** Nothing for a key of another form. */
export function readQuarantineKey(key: string): QuarantinePlace | undefined {
  const [, day, source, left] = KEY.exec(key) ?? [];
  if (day === undefined || source === undefined) return undefined;
  const receivedAt = Date.parse(day) + DAY_MS - 1 - Number(left);
  return Number.isNaN(receivedAt) ? undefined : { source, receivedAt };
}
