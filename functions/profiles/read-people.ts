import type { Pid } from '#shared/events/event.ts';
import type { IdentityRules } from '#shared/identity/rules.ts';
import { followParted } from '#shared/profiles/kin.ts';
import type { IdentityRepository } from '#shared/profiles/people-repository.ts';
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
  const owners =
    rows.length === 0 ? new Map<string, Pid>() : await ports.identities.owners(rows, { consistent });
  const addressed = events.flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  const people = new Map(await ports.people.findMany([...owners.values(), ...addressed], { consistent }));
  const followed = await followParted(owners, people, ports.people);
  const actual = new Map([...owners].map(([key, pid]) => [key, followed.get(key)?.pid ?? pid]));
  for (const person of followed.values()) people.set(person.pid, person);
  await mendRows(owners, { owners: actual, people }, ports.identities);
  return { owners: actual, people };
}

/**
 * Rows that point at an absorbed person, or at whom an un-merge took the identifier from, cost a read
 * each time; they are mended as they are met.
 */
async function mendRows(
  rows: ReadonlyMap<string, Pid>,
  { owners, people }: BatchReads,
  identities: IdentityRepository,
): Promise<void> {
  const stale = [...rows].flatMap(([key, from]) => {
    const to = people.get(owners.get(key) ?? from)?.pid;
    return to === undefined || to === from ? [] : [{ key, from, to }];
  });
  if (stale.length > 0) await identities.repoint(stale);
}
