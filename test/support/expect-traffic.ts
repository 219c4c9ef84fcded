import { expect } from 'vitest';
import * as z from 'zod';
import type { Traffic } from '#demo/traffic.ts';
import { identifierKey } from '#shared/identity/identifier.ts';
import { parseIdentifier } from '#shared/identity/normal-form.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { documentedAdmin } from './documented-admin.ts';
import type { StackProcess } from './stack-process.ts';
import { audienceMembers, eventsOf, membersOnProfiles, storedPeople } from './stored-people.ts';

/** What was counted, to be shown. */
export interface Counted {
  readonly people: number;
  readonly events: number;
  readonly members: number;
}

/**
 * Holds the tables against what was sent: as many people as there are, each with their own events once and
 * their money to the cent; and the rows of segments against what stands on the people.
 */
export async function expectTraffic(stack: StackProcess, traffic: Traffic): Promise<Counted> {
  const people = await storedPeople(stack);
  const byIdentifier = Map.groupBy(
    people.flatMap((person) => Object.keys(person.profile.identifiers).map((key) => ({ key, person }))),
    ({ key }) => key,
  );
  const found = traffic.people.map(({ identifier }) => {
    const owners = byIdentifier.get(keyOf(identifier)) ?? [];
    expect(
      owners.map(({ person }) => person.pid),
      identifier,
    ).toHaveLength(1);
    return owners[0]?.person;
  });
  const had = found.map((person, n) => ({
    ...traffic.people[n],
    events: person === undefined ? 0 : eventsOf(person),
    spent: person === undefined ? 0 : spentOf(person, traffic.currency),
  }));
  expect(had).toEqual(traffic.people);
  expect(new Set(found).size, 'two of the people became one').toBe(traffic.people.length);
  expect(people.length, 'there are people whom nobody is').toBe(traffic.people.length);

  const members = membersOnProfiles(people);
  expect(await audienceMembers(stack)).toEqual(members);
  return { people: people.length, events: traffic.calls.length, members: members.length };
}

const spentOf = ({ activity }: Person, currency: string): number =>
  Number(activity.sums.total_spent?.[currency] ?? 0);

function keyOf(text: string): string {
  const identifier = parseIdentifier(text);
  if (identifier === undefined) throw new Error(`${text} is no identifier`);
  return identifierKey(identifier);
}

const Events = z.object({
  events: z.array(z.object({ messageId: z.string() })),
  next: z.string().optional(),
});

/**
 * Holds what the Admin API tells of a customer's history against what was sent: all that they sent by their
 * name, once, and nothing that another customer did.
 */
export async function expectTimeline(stack: StackProcess, userId: string, { calls }: Traffic): Promise<void> {
  const path = `/v1/profiles/${encodeURIComponent(`userId:${userId}`)}/events`;
  const { body } = await documentedAdmin(stack)({ method: 'GET', path, query: '?limit=500' });
  const { events, next } = Events.parse(body);
  const ids = events.map(({ messageId }) => messageId);
  const named = calls.filter((call) => call.userId !== undefined);
  const shown = named.filter(({ messageId }) => ids.includes(messageId));

  expect(next).toBeUndefined();
  expect(shown, userId).toEqual(named.filter((call) => call.userId === userId));
  expect(ids.toSorted(), `${userId} shows something twice`).toEqual([...new Set(ids)].sort());
}
