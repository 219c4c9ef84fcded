import type { Pid } from '#shared/events/event.ts';
import type { Person } from '#shared/profiles/activity.ts';
import type { ContactRepository } from '#shared/sending/contact-repository.ts';
import { advance, type Contact, type ContactKey } from '#shared/sending/ledger.ts';

/** People and contacts in memory, with what a merge does to both; keeps the contacts' contract. */
export interface MemoryContacts extends ContactRepository {
  readonly people: Map<Pid, Person | { readonly mergedInto: Pid }>;
  readonly stored: Map<string, Contact>;
  readonly holds: Map<string, string>;
  findMany(pids: readonly Pid[]): Promise<ReadonlyMap<Pid, Person>>;
}

const place = ({ pid, id }: ContactKey): string => `${pid} ${id}`;

export function memoryContacts(everybody: readonly Person[] = []): MemoryContacts {
  const people = new Map<Pid, Person | { readonly mergedInto: Pid }>(everybody.map((one) => [one.pid, one]));
  const stored = new Map<string, Contact>();
  const holds = new Map<string, string>();

  const follow = (pid: Pid): Person | undefined => {
    const found = people.get(pid);
    return found !== undefined && 'mergedInto' in found ? follow(found.mergedInto) : found;
  };

  const findNow = (keys: readonly ContactKey[]) =>
    keys.flatMap((key) => {
      const contact = stored.get(place(key));
      return contact === undefined ? [] : [{ key, contact }];
    });

  return {
    people,
    stored,
    holds,

    async findMany(pids) {
      return new Map(
        pids.flatMap((pid) => {
          const person = follow(pid);
          return person === undefined ? [] : [[pid, person] as const];
        }),
      );
    },

    async find(keys) {
      return findNow(keys);
    },

    async reserve({ key, contact, profileVersion, absorbed, address }) {
      const person = people.get(key.pid);
      const current =
        person !== undefined && 'activity' in person ? person.activity.profileVersion : undefined;
      if (current !== profileVersion) return { kind: 'person_changed' };
      const found = findNow([key, ...absorbed]);
      if (found.length > 0) return { kind: 'contacted', contacts: found };
      const hold = `${address.run} ${address.hash}`;
      if (holds.has(hold)) return { kind: 'address_taken' };
      holds.set(hold, key.id);
      stored.set(place(key), contact);
      return { kind: 'reserved' };
    },

    async advance(key, news) {
      const contact = stored.get(place(key));
      if (contact !== undefined) stored.set(place(key), advance(contact, news));
    },

    async release(key, { attempt, address }) {
      const contact = stored.get(place(key));
      const hold = `${address.run} ${address.hash}`;
      if (contact?.state !== 'reserved' || contact.attempt !== attempt || holds.get(hold) !== key.id)
        return 'lost';
      stored.delete(place(key));
      holds.delete(hold);
      return 'released';
    },
  };
}

/** Joins two people as a merge does; nothing for two who are one already. */
export function mergeInMemory(contacts: MemoryContacts, left: Pid, right: Pid): void {
  const survivorOf = (pid: Pid): Person | undefined => {
    const found = contacts.people.get(pid);
    return found !== undefined && 'mergedInto' in found ? survivorOf(found.mergedInto) : found;
  };
  const [winner, loser] = [survivorOf(left), survivorOf(right)];
  if (winner === undefined || loser === undefined || winner.pid === loser.pid) return;
  const { activity, profile } = winner;
  contacts.people.set(winner.pid, {
    pid: winner.pid,
    activity: { ...activity, version: activity.version + 1, profileVersion: activity.version + 1 },
    profile: {
      ...profile,
      absorbed: { ...profile.absorbed, ...loser.profile.absorbed, [loser.pid]: 1 },
      identifiers: { ...loser.profile.identifiers, ...profile.identifiers },
    },
  });
  contacts.people.set(loser.pid, { mergedInto: winner.pid });
}
