import { setTimeout as pause } from 'node:timers/promises';
import type { AdminClient, Profile } from './admin-client.ts';
import type { ExpectedPerson, Traffic } from './traffic.ts';

/** How long nothing may change before a step counts as failed. */
const PATIENCE_MS = 30_000;
const AT_ONCE = 8;

/** What the profiles came to. */
export interface Settled {
  readonly people: number;
  readonly events: number;
  /** In minor units. */
  readonly spent: number;
  /** People who turned out to be somebody else's other self. */
  readonly merged: number;
  readonly identifiers: number;
}

/**
 * Waits until each person's profile shows each of their events once, and the money they spent.
 *
 * @throws {Error} naming somebody whose profile does not come to what was sent.
 */
export async function settle(
  traffic: Traffic,
  admin: AdminClient,
  onProgress: (settled: number) => void,
): Promise<Settled> {
  const done = new Map<ExpectedPerson, Profile>();
  const pending = [...traffic.people];
  for (let movedAt = Date.now(); pending.length > 0; ) {
    const asked = pending.splice(0, AT_ONCE);
    const found = await Promise.all(asked.map((person) => admin.profile(person.identifier)));
    const late = asked.filter((person, index) => {
      const profile = found[index];
      if (profile === undefined || eventsOf(profile) < person.events) return true;
      done.set(person, profile);
      return false;
    });
    onProgress(done.size);
    if (late.length < asked.length) movedAt = Date.now();
    else await pause(100);
    pending.push(...late);
    if (Date.now() - movedAt > PATIENCE_MS) {
      throw new Error(
        `${pending.length} profiles did not come to what was sent, ${late[0]?.identifier} among them`,
      );
    }
  }
  for (const [person, profile] of done) check(person, profile, traffic.currency);
  return sumUp([...done.values()], traffic.currency);
}

function check(person: ExpectedPerson, profile: Profile, currency: string): void {
  const events = eventsOf(profile);
  const spent = spentOf(profile, currency);
  if (events === person.events && spent === person.spent) return;
  throw new Error(
    `${person.identifier} has ${events} events and spent ${spent} minor units, ` +
      `where ${person.events} and ${person.spent} were sent`,
  );
}

const eventsOf = ({ events }: Profile): number =>
  Object.values(events).reduce((sum, { count }) => sum + count, 0);

const spentOf = ({ sums }: Profile, currency: string): number =>
  Math.round(Number(sums.total_spent?.[currency] ?? 0) * 100);

function sumUp(profiles: readonly Profile[], currency: string): Settled {
  const people = new Map(profiles.map((profile) => [profile.pid, profile]));
  const sum = (of: (profile: Profile) => number): number =>
    [...people.values()].reduce((total, profile) => total + of(profile), 0);
  return {
    people: people.size,
    events: sum(eventsOf),
    spent: sum((profile) => spentOf(profile, currency)),
    merged: sum(({ absorbed }) => absorbed.length),
    identifiers: sum(({ identifiers }) => identifiers.length),
  };
}

/**
 * Waits until something that follows with a delay is as expected.
 *
 * @throws {Error} naming what it is when it stays otherwise.
 */
export async function eventually<T>(
  what: string,
  read: () => Promise<T>,
  isThere: (value: T) => boolean,
): Promise<T> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const value = await read();
    if (isThere(value)) return value;
    if (Date.now() > until)
      throw new Error(`${what}: still ${JSON.stringify(value)} after ${PATIENCE_MS / 1000} s`);
    await pause(250);
  }
}
