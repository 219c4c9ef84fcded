import type { EpochMs, Pid } from '#shared/events/event.ts';
import { LIMITS } from '#shared/events/limits.ts';
import { utf8Bytes } from '#shared/kernel/utf8-bytes.ts';
import { IDENTIFIER_LIMITS, IDENTIFIER_TYPES, identifierOf } from './identifier.ts';

/** What resolving needs to know of somebody who already has one of the event's identifiers. */
export interface KnownPerson {
  readonly pid: Pid;
  readonly createdAt: EpochMs;
  /** By `<type>#<value>`. */
  readonly identifiers: Readonly<Record<string, unknown>>;
  /** Keys of those that become theirs by events before this one. */
  readonly claims?: readonly string[];
}

/**
 * Whose an event is.
 * - `new`: nobody has any of `link`; a new person gets them all.
 * - `one`: one person has some; the others of `link` become theirs.
 * - `merge`: several people have them, who are therefore one; the first of `people` absorbs the second.
 *
 * `refused` are the event's identifiers that were left out since they would break a limit.
 */
export type Resolution =
  | { readonly kind: 'new'; readonly link: readonly string[]; readonly refused: readonly string[] }
  | {
      readonly kind: 'one';
      readonly pid: Pid;
      readonly link: readonly string[];
      readonly refused: readonly string[];
    }
  | {
      readonly kind: 'merge';
      /** The oldest two; more are found when the event is resolved again. */
      readonly people: readonly [KnownPerson, KnownPerson];
      readonly refused: readonly string[];
    };

/** Who has an identifier, merges followed. */
type OwnerOf = (key: string) => KnownPerson | undefined;

/**
 * Decides whose an event is by its identifiers, which must be strongest first, each type once.
 *
 * While what they say together would give one person more of a type than they may have (two user ids
 * above all), the weakest identifier is dropped and the rest tried again: a shared device never makes
 * two known users one. A single identifier breaks no limit, so it ends.
 *
 * @param identifiers their keys, `<type>#<value>`.
 */
export function resolve(identifiers: readonly string[], ownerOf: OwnerOf): Resolution {
  const refused: string[] = [];
  for (let kept = identifiers; ; kept = kept.slice(0, -1)) {
    const { owners, unowned } = lookUp(kept, ownerOf);
    if (kept.length > 1 && !withinLimits(kept, owners)) {
      refused.push(...kept.slice(-1));
      continue;
    }
    const [oldest, next] = owners;
    if (oldest === undefined) return { kind: 'new', link: unowned, refused };
    if (next !== undefined) return { kind: 'merge', people: [oldest, next], refused };
    return { kind: 'one', pid: oldest.pid, link: unowned, refused };
  }
}

type Aged = Pick<KnownPerson, 'pid' | 'createdAt'>;

/** The older of two people absorbs the other; the least pid where both are as old. */
export function byAge(a: Aged, b: Aged): number {
  return a.createdAt - b.createdAt || (a.pid < b.pid ? -1 : Number(a.pid > b.pid));
}

/** Everybody who has one of these identifiers, oldest first, and those that nobody has. */
function lookUp(
  identifiers: readonly string[],
  ownerOf: OwnerOf,
): { readonly owners: readonly KnownPerson[]; readonly unowned: readonly string[] } {
  const owners: KnownPerson[] = [];
  const unowned: string[] = [];
  for (const key of identifiers) {
    const owner = ownerOf(key);
    if (owner === undefined) unowned.push(key);
    else if (!owners.some(({ pid }) => pid === owner.pid)) owners.push(owner);
  }
  return { owners: owners.length < 2 ? owners : owners.sort(byAge), unowned };
}

function withinLimits(identifiers: readonly string[], owners: readonly KnownPerson[]): boolean {
  const [only] = owners;
  if (only === undefined) return true;
  const isKnown = (key: string): boolean =>
    Object.hasOwn(only.identifiers, key) || (only.claims?.includes(key) ?? false);
  if (owners.length === 1 && identifiers.every(isKnown)) return true;

  const together = new Set(identifiers);
  for (const { identifiers: theirs, claims = [] } of owners) {
    for (const key of [...Object.keys(theirs), ...claims]) together.add(key);
  }
  return isWithinLimits(together);
}

/** Whether one person may have all of these identifiers, in number and in bytes. */
export function isWithinLimits(keys: ReadonlySet<string>): boolean {
  const counts = { userId: 0, email: 0, phone: 0, anonymousId: 0 };
  let bytes = 0;
  for (const key of keys) {
    counts[identifierOf(key).type] += 1;
    bytes += utf8Bytes(key);
  }
  return (
    bytes <= LIMITS.identifierBytes &&
    IDENTIFIER_TYPES.every((type) => counts[type] <= IDENTIFIER_LIMITS[type])
  );
}
