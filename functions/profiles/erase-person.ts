import { type EpochMs, Pid } from '#shared/events/event.ts';
import { identityRow } from '#shared/identity/identifier.ts';
import { PersonContentionError } from '#shared/kernel/errors.ts';
import { KEPT_DAYS } from '#shared/kernel/kept-days.ts';
import type { Person } from '#shared/profiles/activity.ts';
import type { Erasure, ErasureRepository, Swept } from '#shared/profiles/erasure-repository.ts';
import { kinOf, mayHaveRow, rowsOfPerson } from '#shared/profiles/kin.ts';
import type { IdentityRepository, PeopleRepository } from '#shared/profiles/people-repository.ts';
import { absorbedBy } from '#shared/profiles/profile.ts';
import { transitionsOf } from './write-person.ts';

export interface ErasePorts {
  readonly people: Pick<PeopleRepository, 'findMany'>;
  readonly identities: Pick<IdentityRepository, 'owners' | 'repoint' | 'vacate'>;
  readonly erasures: ErasureRepository;
  /** For how long late events of an erased person are known by their identifiers, at least. */
  readonly dedupDays: number;
  readonly now: () => number;
  /** Waits before another attempt at somebody whom others write to as well. */
  readonly pause: (attempt: number) => Promise<void>;
}

interface Order {
  readonly pid: Pid;
  /** Who decides it: the user's id in the pool. */
  readonly by: string;
  /** Whether they may decide about somebody of this market and brand. */
  readonly isAllowed: (of: Pick<Erasure, 'market' | 'brand'>) => boolean;
}

/** How far an erasure has come. */
export interface ErasureReceipt {
  readonly erasure: Erasure;
  /** What this call removed. */
  readonly removed: Swept['removed'];
  /** Rows of identifiers, which expire. */
  readonly rows: { readonly count: number; readonly until: EpochMs };
  /** Whether nothing is left that the tables hold of the person, and nothing can come. */
  readonly isSettled: boolean;
  /** From when on a call can settle it. */
  readonly settlesAt: EpochMs;
}

const DAY_MS = 86_400_000;
const MAX_ATTEMPTS = 8;

/**
 * So long after the tombstone nobody is at work any more who read the person before it: twice what the
 * profiles function has. Until then one may still leave a chunk or a spill, whose write then fails.
 */
export const SETTLE_MS = 120_000;

/** What one call removes at most, within the time that the API has. */
export const MAX_SWEPT = 10_000;

/**
 * Erases a person, or goes on with it: first a tombstone in one transaction, after which nothing can be
 * written to them, then all else that is stored under them and whom they absorbed. Whoever was set apart
 * from them stays. It is repeated until it is settled, and may break off anywhere.
 *
 * @returns `undefined` for nobody whom the caller may erase, also when nothing of them is left.
 * @throws {PersonContentionError} when the person changes faster than they can be erased.
 */
export async function erasePerson(order: Order, ports: ErasePorts): Promise<ErasureReceipt | undefined> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const person = (await ports.people.findMany([order.pid], { consistent: true })).get(order.pid);
    const erasure =
      person === undefined ? await ports.erasures.find(order.pid) : await begin(person, order, ports);
    if (erasure === undefined || erasure === 'refused') return undefined;
    if (erasure !== 'conflict') return order.isAllowed(erasure) ? goOn(erasure, ports) : undefined;
    await ports.pause(attempt);
  }
  throw new PersonContentionError(MAX_ATTEMPTS);
}

async function begin(
  person: Person,
  { by, isAllowed }: Order,
  ports: ErasePorts,
): Promise<Erasure | 'conflict' | 'refused'> {
  const { pid, profile, activity } = person;
  const of = { market: profile.market?.value, brand: profile.brand?.value };
  if (!isAllowed(of)) return 'refused';
  const at = ports.now();
  const erasure: Erasure = {
    ...of,
    pid,
    at,
    by,
    absorbed: [...absorbedBy(profile)],
    parted: Object.keys(profile.parted).map((other) => Pid.parse(other)),
    entities: Object.keys(profile.entities),
    identifiers: Object.keys(profile.identifiers),
  };
  await giveBack(person, erasure, ports);
  const transitions = transitionsOf(
    { entered: [], exited: Object.keys(activity.segments), moved: [] },
    { n: activity.version + 1, at },
  );
  const begun = await ports.erasures.begin({ person, transitions, erasure });
  return begun === 'conflict' ? begun : erasure;
}

const familyOf = ({ pid, absorbed }: Erasure): readonly Pid[] => [pid, ...absorbed];

/**
 * Points the identifiers of those who were set apart at them, where an un-merge broke off before it did:
 * once the profile is gone that tells whose they are, they would go with it.
 */
async function giveBack(person: Person, erasure: Erasure, { people, identities }: ErasePorts): Promise<void> {
  const theirs = new Map<string, Pid>();
  for (const one of await kinOf(person, people)) {
    for (const row of rowsOfPerson(one)) if (!mayHaveRow(person, row)) theirs.set(row, one.pid);
  }
  if (theirs.size === 0) return;
  const family = new Set(familyOf(erasure));
  const owners = await identities.owners([...theirs.keys()], { consistent: true });
  await identities.repoint(
    [...owners].flatMap(([key, { pid: from }]) => {
      const to = theirs.get(key);
      return to === undefined || !family.has(from) ? [] : [{ key, from, to }];
    }),
  );
}

async function goOn(erasure: Erasure, ports: ErasePorts): Promise<ErasureReceipt> {
  const startedAt = ports.now();
  const { pid, at } = erasure;
  const family = familyOf(erasure);
  // What lies in quarantine may be redriven for as long
  const until = at + Math.max(ports.dedupDays, KEPT_DAYS.quarantine) * DAY_MS;
  const rows = await rowsOf(erasure, ports);
  await ports.identities.vacate(rows, { at, until });
  const { removed, hasMore } = await ports.erasures.sweep(family, MAX_SWEPT);

  const settlesAt = at + SETTLE_MS;
  const isSettled = !hasMore && startedAt >= settlesAt;
  if (isSettled) await ports.erasures.finish(pid);
  return { erasure, removed, rows: { count: rows.length, until }, isSettled, settlesAt };
}

/** The rows that point at the erased or whom they absorbed, and do not say so yet. */
async function rowsOf(
  erasure: Erasure,
  { identities }: ErasePorts,
): Promise<readonly { readonly key: string; readonly from: Pid }[]> {
  const family = new Set(familyOf(erasure));
  const all = erasure.entities.flatMap((entity) =>
    erasure.identifiers.map((key) => identityRow(entity, key)),
  );
  const owners = await identities.owners(all, { consistent: true });
  return [...owners].flatMap(([key, { pid: from, erasedAt }]) =>
    family.has(from) && erasedAt !== erasure.at ? [{ key, from }] : [],
  );
}
