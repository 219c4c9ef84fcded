import type { Activity, SeenId } from './activity.ts';
import type { NormalisedEvent } from './normalise-event.ts';
import { compareSeen } from './register.ts';

type Seen = Activity['seen'];

/** How many message ids stand in `!activity` at most. */
export const SEEN_LIMIT = 24;

/** How many stay when there are more: the others are spilled together, so that few writes spill at all. */
const SEEN_KEPT = 8;

/** Whether `!activity` knows a message as applied; copies of one may differ in time, never in fingerprint. */
export const isSeen = ({ ids }: Seen, id: string): boolean => ids.some((seen) => seen[1] === id);

/**
 * Where a message must be looked for in the spill before it counts as new; nowhere when `!activity`
 * alone can tell: it holds every id above its low water by (time, fingerprint), so what is newer and
 * not among them is new.
 */
export function placesToLook(
  seen: Seen,
  { id, originalAt }: Pick<NormalisedEvent, 'id' | 'originalAt'>,
): readonly SeenId[] {
  if (seen.lowWater === undefined || isSeen(seen, id)) return NOWHERE;
  const place: SeenId = [originalAt, id];
  return compareSeen(place, seen.lowWater) > 0 ? NOWHERE : [place];
}

const NOWHERE: readonly never[] = [];

/**
 * Adds messages that are being applied, and joins those of another person.
 *
 * Of more than {@link SEEN_LIMIT} ids the greatest few stay. What falls out is `spill`: it must be
 * durable in the spill before the write that drops it, or a resend of it would count twice. Messages
 * that this very write applies stay, however old: were they spilled and the write then lost, their next
 * attempt would find them there and take them for applied.
 */
export function addSeen(
  seen: Seen,
  fresh: readonly SeenId[],
  other: Seen = NONE,
): { seen: Seen; spill: SeenId[] } {
  const ids = distinct([...seen.ids, ...other.ids, ...fresh]);
  if (ids.length <= SEEN_LIMIT && other === NONE) return { seen: { ...seen, ids }, spill: [] };
  const isFresh = new Set(fresh.map(([, print]) => print));
  const falling = ids.length > SEEN_LIMIT ? ids.slice(0, -SEEN_KEPT) : [];
  const spill = falling.filter(([, print]) => !isFresh.has(print));
  const kept = ids.filter((id) => !spill.includes(id));
  const lowWater = [seen.lowWater, other.lowWater, spill.at(-1)]
    .filter((id) => id !== undefined)
    .sort(compareSeen)
    .at(-1);
  return { seen: lowWater === undefined ? { ids: kept } : { ids: kept, lowWater }, spill };
}

const NONE: Seen = { ids: [] };

/** Each once, in order. Mostly they are: sorting them anyway took 2 % of all the work. */
function distinct(ids: SeenId[]): SeenId[] {
  let before: SeenId | undefined;
  for (const id of ids) {
    if (before !== undefined && compareSeen(before, id) >= 0) return distinctSorted(ids.sort(compareSeen));
    before = id;
  }
  return ids;
}

function distinctSorted(ids: readonly SeenId[]): SeenId[] {
  const kept: SeenId[] = [];
  for (const id of ids) {
    const last = kept.at(-1);
    if (last === undefined || compareSeen(last, id) < 0) kept.push(id);
  }
  return kept;
}
