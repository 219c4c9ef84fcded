import type { SeenId } from './activity.ts';
import type { Link } from './profile.ts';

/** The order of writes: by time, then by the message's fingerprint, the same on every replica. */
export function compareSeen(a: SeenId, b: SeenId): number {
  if (a[0] !== b[0]) return a[0] - b[0];
  return a[1] < b[1] ? -1 : Number(a[1] > b[1]);
}

/** The earlier of two events that said the same. */
export const earlierLink = (a: Link, b: Link): Link => (compareSeen([a.at, a.id], [b.at, b.id]) <= 0 ? a : b);
