import { Pid } from '#shared/events/event.ts';
import { keyOfRow } from '#shared/identity/identifier.ts';
import { own } from '#shared/kernel/own.ts';
import type { Person } from './activity.ts';
import type { IdentityRepository, PeopleRepository } from './people-repository.ts';
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
      if (!found.has(one.pid)) found.set(one.pid, one);
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

/**
 * Follows identifiers that an un-merge gave back, and whose rows still point at who had them between:
 * an owner who does not have the identifier, where somebody of their kin does.
 *
 * @param owners by row of `identities`, with who they are now in `found`.
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
    const key = keyOfRow(row);
    const person = found.get(pid);
    if (person === undefined || own(person.profile.identifiers, key) !== undefined) continue;
    const theirs = kin.get(person.pid) ?? (await kinOf(person, people));
    kin.set(person.pid, theirs);
    const holder = theirs.find(({ profile }) => Object.hasOwn(profile.identifiers, key));
    if (holder !== undefined) followed.set(row, holder);
  }
  return followed;
}

/** Who has an identifier: by its rows, merges and un-merges followed. */
export async function findOwners(
  rows: readonly string[],
  {
    people,
    identities,
  }: { readonly people: Reader; readonly identities: Pick<IdentityRepository, 'owners'> },
): Promise<readonly Person[]> {
  const owners = await identities.owners(rows, { consistent: true });
  const found = await people.findMany([...owners.values()], { consistent: true });
  const followed = await followParted(owners, found, people);
  const everybody = [...owners].map(([row, pid]) => followed.get(row) ?? found.get(pid));
  return [...new Map(everybody.flatMap((one) => (one === undefined ? [] : [[one.pid, one]]))).values()];
}
