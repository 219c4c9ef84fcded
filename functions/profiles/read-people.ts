import type { EpochMs, Pid } from '#shared/events/event.ts';
import type { IdentityRules } from '#shared/identity/rules.ts';
import { type Erased, NOBODY_ERASED } from '#shared/profiles/erased.ts';
import { followParted, pidsOf } from '#shared/profiles/kin.ts';
import type { IdentityRepository, Owner } from '#shared/profiles/people-repository.ts';
import { type BatchEvent, type BatchReads, rowsToPlan } from '#shared/profiles/plan-batch.ts';
import type { ApplyPorts } from './apply-records.ts';

interface ReadOptions {
  readonly consistent: boolean;
  readonly ports: ApplyPorts;
  readonly identity: IdentityRules;
}

/** What is stored of everybody whom these events may be about. */
export async function readPeople(
  events: readonly BatchEvent[],
  { consistent, ports, identity }: ReadOptions,
): Promise<BatchReads> {
  const rows = rowsToPlan(events, identity);
  const read =
    rows.length === 0 ? new Map<string, Owner>() : await ports.identities.owners(rows, { consistent });
  const owners = pidsOf(read);
  const addressed = events.flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  const people = new Map(await ports.people.findMany([...owners.values(), ...addressed], { consistent }));
  const followed = await followParted(owners, people, ports.people);
  const actual = new Map([...owners].map(([key, pid]) => [key, followed.get(key)?.pid ?? pid]));
  for (const person of followed.values()) people.set(person.pid, person);
  await mendRows(owners, { owners: actual, people }, ports.identities);
  const erased = await erasedOf(read, { pids: [...owners.values(), ...addressed], people, ports });
  return { owners: actual, people, erased };
}

/** Who is nobody any more, and since when what is said of a row is not to be kept. */
async function erasedOf(
  read: ReadonlyMap<string, Owner>,
  { pids, people, ports }: Pick<BatchReads, 'people'> & Pick<ReadOptions, 'ports'> & { pids: readonly Pid[] },
): Promise<Erased> {
  const nobody = [...new Set(pids)].filter((pid) => !people.has(pid));
  const gone = nobody.length === 0 ? NOBODY_ERASED.people : await ports.people.findErased(nobody);
  const rows = new Map<string, EpochMs>();
  for (const [row, { pid, erasedAt }] of read) {
    const times = [erasedAt, gone.get(pid)].filter((at) => at !== undefined);
    if (times.length > 0) rows.set(row, Math.max(...times));
  }
  return { people: gone, rows };
}

/**
 * Rows that point at an absorbed person, or at whom an un-merge took the identifier from, cost a read
 * each time; they are mended as they are met.
 */
async function mendRows(
  rows: ReadonlyMap<string, Pid>,
  { owners, people }: Pick<BatchReads, 'owners' | 'people'>,
  identities: IdentityRepository,
): Promise<void> {
  const stale = [...rows].flatMap(([key, from]) => {
    const to = people.get(owners.get(key) ?? from)?.pid;
    return to === undefined || to === from ? [] : [{ key, from, to }];
  });
  if (stale.length > 0) await identities.repoint(stale);
}
