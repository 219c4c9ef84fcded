import type { EpochMs, Pid } from '#shared/events/event.ts';
import {
  IDENTIFIER_LIMITS,
  IDENTIFIER_TYPES,
  type Identifier,
  identifierKey,
  identifierOf,
} from './identifier.ts';

/** What resolving needs to know of somebody who already has one of the event's identifiers. */
export interface KnownPerson {
  readonly pid: Pid;
  readonly createdAt: EpochMs;
  /** By `<type>#<value>`. */
  readonly identifiers: Readonly<Record<string, unknown>>;
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
  | { readonly kind: 'new'; readonly link: readonly Identifier[]; readonly refused: readonly Identifier[] }
  | {
      readonly kind: 'one';
      readonly pid: Pid;
      readonly link: readonly Identifier[];
      readonly refused: readonly Identifier[];
    }
  | {
      readonly kind: 'merge';
      /** The oldest two; more are found when the event is resolved again. */
      readonly people: readonly [KnownPerson, KnownPerson];
      readonly refused: readonly Identifier[];
    };

/**
 * Decides whose an event is by its identifiers, which must be strongest first, each type once.
 *
 * While what they say together would give one person more of a type than they may have (two user ids
 * above all), the weakest identifier is dropped and the rest tried again: a shared device never makes
 * two known users one. A single identifier breaks no limit, so it ends.
 *
 * @param ownerOf who has an identifier, merges followed.
 */
export function resolve(
  identifiers: readonly Identifier[],
  ownerOf: (key: string) => KnownPerson | undefined,
): Resolution {
  const refused: Identifier[] = [];
  for (let kept = identifiers; ; kept = kept.slice(0, -1)) {
    const owners = ownersOf(kept, ownerOf);
    if (kept.length <= 1 || withinLimits(kept, owners)) return resolution(kept, owners, ownerOf, refused);
    refused.push(...kept.slice(-1));
  }
}

/** The older of two people absorbs the other; the least pid where both are as old. */
export function byAge(a: KnownPerson, b: KnownPerson): number {
  return a.createdAt - b.createdAt || (a.pid < b.pid ? -1 : Number(a.pid > b.pid));
}

function resolution(
  kept: readonly Identifier[],
  owners: readonly KnownPerson[],
  ownerOf: (key: string) => KnownPerson | undefined,
  refused: readonly Identifier[],
): Resolution {
  const [oldest, next] = owners;
  if (oldest === undefined) return { kind: 'new', link: kept, refused };
  if (next !== undefined) return { kind: 'merge', people: [oldest, next], refused };
  const link = kept.filter((identifier) => ownerOf(identifierKey(identifier)) === undefined);
  return { kind: 'one', pid: oldest.pid, link, refused };
}

function ownersOf(
  identifiers: readonly Identifier[],
  ownerOf: (key: string) => KnownPerson | undefined,
): readonly KnownPerson[] {
  const owners = new Map<Pid, KnownPerson>();
  for (const identifier of identifiers) {
    const owner = ownerOf(identifierKey(identifier));
    if (owner !== undefined) owners.set(owner.pid, owner);
  }
  return owners.size < 2 ? [...owners.values()] : [...owners.values()].sort(byAge);
}

function withinLimits(identifiers: readonly Identifier[], owners: readonly KnownPerson[]): boolean {
  const [only] = owners;
  if (only === undefined) return true;
  const fresh = identifiers.map(identifierKey).filter((key) => !(key in only.identifiers));
  if (owners.length === 1 && fresh.length === 0) return true;

  const together = new Set(fresh);
  for (const owner of owners) for (const key of Object.keys(owner.identifiers)) together.add(key);
  const counts = Object.fromEntries(IDENTIFIER_TYPES.map((type) => [type, 0]));
  for (const key of together) {
    const { type } = identifierOf(key);
    counts[type] = (counts[type] ?? 0) + 1;
  }
  return IDENTIFIER_TYPES.every((type) => (counts[type] ?? 0) <= IDENTIFIER_LIMITS[type]);
}
