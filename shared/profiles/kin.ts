import { Pid } from '#shared/events/event.ts';
import { identityRow, partsOfRow } from '#shared/identity/identifier.ts';
import type { Person } from './activity.ts';
import type { IdentityRepository, Owner, PeopleRepository } from './people-repository.ts';
import { absorbedBy } from './profile.ts';

type Reader = Pick<PeopleRepository, 'findMany'>;

/**
 * The people from whom somebody was set apart, and those from whom these were, and so on: with each of
 * them they were one for a time. Costs no read for the many who were never set apart from anybody.
 */
export async function kinOf(person: Person, people: Reader): Promise<readonly Person[]> {
  const found = new Map<Pid, Person>([[person.pid, person]]);
  const asked = new Set<Pid>();
  for (;;) {
    const next = [...found.values()].flatMap(partedFrom).filter((pid) => !asked.has(pid));
    if (next.length === 0) return [...found.values()].slice(1);
    for (const pid of next) asked.add(pid);
    for (const one of (await people.findMany(next, { consistent: true })).values()) {
      found.set(one.pid, one);
    }
  }
}

const partedFrom = ({ profile }: Person): readonly Pid[] =>
  Object.keys(profile.parted).map((pid) => Pid.parse(pid));

/**
 * Every pid under which ids of a person's messages may have been spilled: their own, those of whom they
 * absorbed, and those of their kin, who may have been told of them while they were one.
 */
export async function spillersOf(person: Person, people: Reader): Promise<readonly Pid[]> {
  const everybody = [person, ...(await kinOf(person, people))];
  return [...new Set(everybody.flatMap(({ pid, profile }) => [pid, ...absorbedBy(profile)]))];
}

/** Whether a row of `identities` may be this person's. */
export function mayHaveRow({ profile }: Person, row: string): boolean {
  const { legalEntity, key } = partsOfRow(row);
  return Object.hasOwn(profile.identifiers, key) && Object.hasOwn(profile.entities, legalEntity);
}

/** Every row of `identities` that may be this person's. */
export const rowsOfPerson = ({ profile }: Person): readonly string[] =>
  Object.keys(profile.entities).flatMap((legalEntity) =>
    Object.keys(profile.identifiers).map((key) => identityRow(legalEntity, key)),
  );

/**
 * Follows rows whose identifier an un-merge gave back, and which still point at who had it between: an
 * owner who does not have it, where somebody of their kin does.
 *
 * @param owners by row, with who they are now in `found`.
 * @returns the owners that are others.
 */
export async function followParted(
  owners: ReadonlyMap<string, Pid>,
  found: ReadonlyMap<Pid, Person>,
  people: Reader,
): Promise<ReadonlyMap<string, Person>> {
  const followed = new Map<string, Person>();
  const kin = new Map<Pid, readonly Person[]>();
  for (const [row, pid] of owners) {
    const person = found.get(pid);
    if (person === undefined || mayHaveRow(person, row)) continue;
    const theirs = kin.get(person.pid) ?? (await kinOf(person, people));
    kin.set(person.pid, theirs);
    const holder = theirs.find((one) => mayHaveRow(one, row));
    if (holder !== undefined) followed.set(row, holder);
  }
  return followed;
}

/** By row, whose it is as stored. */
export const pidsOf = (owners: ReadonlyMap<string, Owner>): ReadonlyMap<string, Pid> =>
  new Map([...owners].map(([row, { pid }]) => [row, pid]));

/** Who has these identifiers, each once: by their rows, merges and un-merges followed; read consistently. */
export async function findOwners(
  rows: readonly string[],
  {
    people,
    identities,
  }: { readonly people: Reader; readonly identities: Pick<IdentityRepository, 'owners'> },
): Promise<readonly Person[]> {
  const owners = pidsOf(await identities.owners(rows, { consistent: true }));
  const found = await people.findMany([...owners.values()], { consistent: true });
  const followed = await followParted(owners, found, people);
  const persons = [...owners].flatMap(([row, pid]) => followed.get(row) ?? found.get(pid) ?? []);
  return [...new Map(persons.map((person) => [person.pid, person])).values()];
}
