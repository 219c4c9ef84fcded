import type { Activity, SeenId } from './activity.ts';
import type { NormalisedEvent } from './normalise-event.ts';
import { compareSeen } from './register.ts';

type Seen = Activity['seen'];

/** How many message ids stand in `!activity` at most. */
export const SEEN_LIMIT = 24;

/** How many stay when there are more: the others are spilled together, so that few writes spill at all. */
const SEEN_KEPT = 8;

const HOUR_MS = 3_600_000;

/** The spill that holds a message id: one item for each hour of the sender's clock. */
export const spillHour = (at: number): number => Math.floor(at / HOUR_MS);

/** For how long a message without a time of its own is looked for when it is sent again. */
const UNTIMED_HOURS = 24;

/** Whether `!activity` knows a message as applied; copies of one may differ in time, never in fingerprint. */
export const isSeen = (seen: Seen, id: string): boolean => seen.ids.some(([, print]) => print === id);

type Message = Pick<NormalisedEvent, 'id' | 'originalAt' | 'receivedAt'>;

/**
 * Where a message must be looked for in the spills before it counts as new; nowhere when `!activity`
 * alone can tell: it holds every id above its low water by (time, fingerprint), so what is newer and
 * not among them is new.
 *
 * A message that came without a time got that of its receipt, another in each copy: its copies are
 * looked for in the hours before.
 */
export function placesToLook(seen: Seen, { id, originalAt, receivedAt }: Message): readonly SeenId[] {
  if (seen.lowWater === undefined || isSeen(seen, id)) return [];
  if (originalAt !== receivedAt) {
    return compareSeen([originalAt, id], seen.lowWater) > 0 ? [] : [[originalAt, id]];
  }
  return Array.from({ length: UNTIMED_HOURS + 1 }, (_, hour) => [
    Math.max(0, receivedAt - hour * HOUR_MS),
    id,
  ]);
}

/**
 * Joins ids. Of more than {@link SEEN_LIMIT} the greatest few stay; what falls out is `spill`: it must
 * be durable in the spill before the write that drops it, or a resend of it would count twice.
 */
export function addSeen(
  seen: Seen,
  more: readonly SeenId[],
  otherLowWater?: SeenId,
): { seen: Seen; spill: SeenId[] } {
  const all = [...seen.ids, ...more].sort(compareSeen);
  const ids = all.filter((id, index) => index === 0 || compareSeen(id, all[index - 1] ?? id) !== 0);
  const spill = ids.length > SEEN_LIMIT ? ids.splice(0, ids.length - SEEN_KEPT) : [];
  const lowWater = [seen.lowWater, otherLowWater, spill.at(-1)]
    .filter((id) => id !== undefined)
    .sort(compareSeen)
    .at(-1);
  return { seen: lowWater === undefined ? { ids } : { ids, lowWater }, spill };
}
