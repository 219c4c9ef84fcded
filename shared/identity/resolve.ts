import type { EpochMs, Pid } from '#shared/events/event.ts';
import type { IdentityStrategy } from '#shared/events/stream-record.ts';
import { compareTexts } from '#shared/kernel/compare-texts.ts';
import { brokenLimit, hasKey } from './broken-limit.ts';
import { identifierKey, identityRow } from './identifier.ts';
import { areParted, type PartedPerson } from './parted.ts';
import type { RefusalReason, RefusedIdentifier } from './refusal.ts';
import type { IdentityRules } from './rules.ts';

/** What resolving needs to know of somebody who already has one of the event's identifiers. */
export interface KnownPerson extends PartedPerson {
  readonly createdAt: EpochMs;
  /** By `<type>#<value>`. */
  readonly identifiers: Readonly<Record<string, unknown>>;
  /** Keys of those that become theirs by events before this one. */
  readonly claims?: readonly string[];
  /** Whose customers they are. */
  readonly entities: readonly string[];
}

/** What an event says of whom it is about. */
export interface Identified {
  /** Keys, `<type>#<value>`, strongest first, each once. */
  readonly identifiers: readonly string[];
  readonly legalEntity: string;
  /** Their rows in it, in the same order: built once, for reading and for each time that they are looked up. */
  readonly rows: readonly string[];
  /** @default convert */
  readonly strategy?: IdentityStrategy | undefined;
  /** The id that an alias call says its user had before. */
  readonly previousId?: string | undefined;
}

/**
 * Whose an event is.
 * - `new`: nobody has any of its identifiers; a new person gets those of `link`.
 * - `one`: one person has some; those of `link` become theirs, in the rows of the event's legal entity.
 * - `merge`: several people have them, who are therefore one; the first of `people` absorbs the second.
 */
export type Resolution = { readonly refused: readonly RefusedIdentifier[] } & (
  | { readonly kind: 'new'; readonly link: readonly string[] }
  | { readonly kind: 'one'; readonly pid: Pid; readonly link: readonly string[] }
  | {
      readonly kind: 'merge';
      /** The oldest two; more are found when the event is resolved again. */
      readonly people: readonly [KnownPerson, KnownPerson];
    }
);

/** Who has an identifier, by its row in `identities`; merges followed. */
type OwnerOf = (row: string) => KnownPerson | undefined;

interface Known {
  readonly ownerOf: OwnerOf;
  readonly rules: IdentityRules;
}

/**
 * Decides whose an event is by its identifiers.
 *
 * They are taken strongest first, each with whoever has it. One that would make a person of all that is
 * taken who may not be (with two user ids, with customers of companies that may not share them, of two
 * who were set apart) is left out and listed: a shared device never makes two known users one. The
 * strongest breaks nothing by itself, so every event is somebody's.
 */
export function resolve(event: Identified, known: Known): Resolution {
  const group: Group = { event, owners: [], unclaimed: [], refused: [] };
  const former = formerUser(event, known);
  for (const [index, key] of event.identifiers.entries()) {
    const row = event.rows[index] ?? identityRow(event.legalEntity, key);
    if (key !== former?.anonymous) take({ key, row }, group, known);
  }

  const { owners, unclaimed: link, refused } = group;
  const [oldest, next] = owners.sort(byAge);
  if (former !== undefined && former.owner.pid !== oldest?.pid) {
    refused.push({ key: former.user, reason: 'alias', other: former.owner.pid });
  }
  if (oldest === undefined) return { kind: 'new', link, refused };
  if (next === undefined) return { kind: 'one', pid: oldest.pid, link, refused };
  return { kind: 'merge', people: [oldest, next], refused };
}

/** What of an event is taken so far. */
interface Group {
  readonly event: Identified;
  readonly owners: KnownPerson[];
  /** The identifiers that have no row in the event's legal entity yet. */
  readonly unclaimed: string[];
  readonly refused: RefusedIdentifier[];
}

function take(
  { key, row }: { readonly key: string; readonly row: string },
  group: Group,
  { ownerOf, rules }: Known,
): void {
  const { event, owners, unclaimed, refused } = group;
  const own = ownerOf(row);
  const reason = reasonAgainst(key, own, group, rules);
  if (reason !== undefined) {
    refused.push({ key, reason, ...(own !== undefined && { other: own.pid }) });
    return;
  }
  if (own !== undefined && !owners.includes(own)) owners.push(own);

  let isAnothers = false;
  for (const partner of rules.partnersOf(event.legalEntity)) {
    const other = ownerOf(identityRow(partner, key));
    if (other === undefined || owners.includes(other)) continue;
    const against = reasonAgainst(key, other, group, rules);
    if (against === undefined) owners.push(other);
    else refused.push({ key, reason: against, other: other.pid });
    isAnothers ||= against !== undefined && against !== 'legal_entity';
  }
  if (isAnothers && !owners.some((owner) => hasKey(owner, key))) return;
  if (own === undefined) unclaimed.push(key);
}

/** Why an identifier, with the person who has it, may not be one with what is taken so far. */
function reasonAgainst(
  key: string,
  owner: KnownPerson | undefined,
  group: Group,
  rules: IdentityRules,
): RefusalReason | undefined {
  const { event, owners, unclaimed } = group;
  if (owner === undefined || owners.includes(owner)) {
    const [first] = owners;
    // what one of them has already is new to none of them
    if (first !== undefined && hasKey(first, key)) return undefined;
    return brokenLimit(owners, [...unclaimed, key], rules);
  }
  if (owners.length > 0 && event.strategy === 'link') return 'source_strategy';
  if (!mayBeShared(owner, group, rules)) return 'legal_entity';
  if (owners.some((taken) => areParted(taken, owner))) return 'parted';
  if (owners.length === 0 && unclaimed.every((one) => hasKey(owner, one))) return undefined;
  return brokenLimit([...owners, owner], unclaimed, rules);
}

/** Whether the event's legal entity may know this person, and those of everybody taken may too. */
function mayBeShared({ entities }: KnownPerson, { event, owners }: Group, rules: IdentityRules): boolean {
  const { legalEntity } = event;
  // whose customer they are already they stay, though an authorisation was taken back since
  const isAllowed = entities.includes(legalEntity) || mayAllShare([legalEntity], entities, rules);
  return isAllowed && owners.every((owner) => mayAllShare(owner.entities, entities, rules));
}

const mayAllShare = (a: readonly string[], b: readonly string[], { mayShare }: IdentityRules): boolean =>
  a.every((mine) => b.every((theirs) => mayShare(mine, theirs)));

/** Who is known as a user by the id that an alias call says was its user's before. */
function formerUser({ previousId, identifiers, legalEntity }: Identified, { ownerOf, rules }: Known) {
  if (previousId === undefined || identifiers.length < 2) return undefined;
  const user = identifierKey({ type: 'userId', value: previousId });
  const anonymous = identifierKey({ type: 'anonymousId', value: previousId });
  for (const row of rowsOf(user, legalEntity, rules)) {
    const owner = ownerOf(row);
    if (owner !== undefined) return { owner, user, anonymous };
  }
  return undefined;
}

/** The rows under which an identifier may be known to an event of a legal entity, its own first. */
export const rowsOf = (key: string, legalEntity: string, { partnersOf }: IdentityRules): readonly string[] =>
  [legalEntity, ...partnersOf(legalEntity)].map((entity) => identityRow(entity, key));

/** Every row that {@link resolve} may ask for. */
export function rowsToRead(event: Identified, rules: IdentityRules): readonly string[] {
  const { identifiers, rows, previousId, legalEntity } = event;
  const partners = rules.partnersOf(legalEntity);
  if (previousId === undefined && partners.length === 0) return rows;
  const others = partners.flatMap((partner) => identifiers.map((key) => identityRow(partner, key)));
  const former =
    previousId === undefined
      ? []
      : rowsOf(identifierKey({ type: 'userId', value: previousId }), legalEntity, rules);
  return [...rows, ...others, ...former];
}

/**
 * Why two people may not become one, if anything speaks against it: asked again before they are merged,
 * since both may have changed since an event showed them to be one.
 */
export function reasonToKeepApart(
  a: KnownPerson,
  b: KnownPerson,
  rules: IdentityRules,
): RefusalReason | undefined {
  if (!mayAllShare(a.entities, b.entities, rules)) return 'legal_entity';
  if (areParted(a, b)) return 'parted';
  return brokenLimit([a, b], [], rules);
}

type Aged = Pick<KnownPerson, 'pid' | 'createdAt'>;

/** The older of two people absorbs the other; the least pid where both are as old. */
export function byAge(a: Aged, b: Aged): number {
  return a.createdAt - b.createdAt || compareTexts(a.pid, b.pid);
}
