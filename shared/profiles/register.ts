import type { SeenId } from './activity.ts';
import type { Link } from './profile.ts';

/** The order of writes: by time, then by the message's fingerprint, the same on every replica. */
export function compareSeen(a: SeenId, b: SeenId): number {
  if (a[0] !== b[0]) return a[0] - b[0];
  return a[1] < b[1] ? -1 : Number(a[1] > b[1]);
}

/** A value with the write that set it. */
interface Register {
  readonly value: unknown;
  readonly at: number;
  readonly id: string;
}

/** What a write does to a last-write-wins register. */
export type RegisterChange = 'ignored' | 'affirmed' | 'replaced';

/**
 * Decides a write to a last-write-wins register, ordered by (time, fingerprint).
 *
 * A later write of the value it already has only affirms it: the time moves, which the order needs,
 * while the stored register stays as it is. `affirmed` is the latest such write, if any.
 */
export function decideWrite(
  current: Register | undefined,
  affirmed: SeenId | undefined,
  incoming: Register,
): RegisterChange {
  if (current === undefined) return 'replaced';
  const order = compareSeen([incoming.at, incoming.id], latestWrite(current, affirmed));
  if (order <= 0) return 'ignored';
  return sameValue(current.value, incoming.value) ? 'affirmed' : 'replaced';
}

/** When a register was last written or affirmed. */
export function latestWrite(
  register: { readonly at: number; readonly id: string },
  affirmed: SeenId | undefined,
): SeenId {
  const written: SeenId = [register.at, register.id];
  return affirmed !== undefined && compareSeen(affirmed, written) > 0 ? affirmed : written;
}

/** Whether two JSON values are equal, whatever the order of their keys. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const theirs = new Map<string, unknown>(Object.entries(b));
  const ours = Object.entries(a);
  return (
    ours.length === theirs.size &&
    ours.every(([key, value]) => theirs.has(key) && sameValue(value, theirs.get(key)))
  );
}

/** The earlier of two events that said the same. */
export const earlierLink = (a: Link, b: Link): Link => (compareSeen([a.at, a.id], [b.at, b.id]) <= 0 ? a : b);
