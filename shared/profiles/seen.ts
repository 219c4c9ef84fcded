import type { Activity, SeenId } from './activity.ts';
import { compareSeen } from './register.ts';

type Seen = Activity['seen'];

/** How many message ids stand in `!activity`; older ones are spilled. */
export const SEEN_LIMIT = 16;

const HOUR_MS = 3_600_000;

/** The spill that holds a message id: one item for each hour of the sender's clock. */
export const spillHour = (at: number): number => Math.floor(at / HOUR_MS);

/**
 * Whether a message was applied before, as far as `!activity` alone can tell: it holds the greatest
 * ids by (time, fingerprint), so what is newer than its low water and not among them is new.
 * `spilled?` means that only the spill of that hour can tell.
 */
export function lookUpSeen(seen: Seen, id: SeenId): 'seen' | 'new' | 'spilled?' {
  if (seen.ids.some(([at, print]) => at === id[0] && print === id[1])) return 'seen';
  return seen.lowWater === undefined || compareSeen(id, seen.lowWater) > 0 ? 'new' : 'spilled?';
}

/**
 * Joins ids into the greatest {@link SEEN_LIMIT}. What falls out is `spill`: it must be durable in
 * the spill before the write that drops it, or a resend of it would count twice.
 */
export function addSeen(
  seen: Seen,
  more: readonly SeenId[],
  otherLowWater?: SeenId,
): { seen: Seen; spill: SeenId[] } {
  const all = [...seen.ids, ...more].sort(compareSeen);
  const ids = all.filter((id, index) => index === 0 || compareSeen(id, all[index - 1] ?? id) !== 0);
  const spill = ids.splice(0, Math.max(0, ids.length - SEEN_LIMIT));
  const lowWater = [seen.lowWater, otherLowWater, spill.at(-1)]
    .filter((id) => id !== undefined)
    .sort(compareSeen)
    .at(-1);
  return { seen: lowWater === undefined ? { ids } : { ids, lowWater }, spill };
}
