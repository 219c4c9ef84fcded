import { expect } from 'vitest';
import * as z from 'zod';
import { EventView, ProfileView } from '#functions/admin/profile-view.ts';
import { documentedAdmin } from '#test/support/documented-admin.ts';
import type { StackProcess } from '#test/support/stack-process.ts';
import { type Call, nameOf, type Who } from './call.ts';

const Events = z.object({ events: z.array(EventView) });

/** A person by a user id, with all that the timeline keeps of them, oldest first; nobody if there is none. */
export async function personOf(stack: StackProcess, identifier: string) {
  const call = documentedAdmin(stack);
  const path = `/v1/profiles/${encodeURIComponent(identifier)}`;
  const profile = await call({ method: 'GET', path });
  if (profile.status === 404) return undefined;
  const { events } = Events.parse((await call({ method: 'GET', path: `${path}/events` })).body);
  return { profile: ProfileView.parse(profile.body), events: events.toReversed() };
}

/**
 * Holds a person to what was said of them: each call once, with all that it said, under the identifiers
 * that they have, and nothing else.
 */
export async function expectPerson(
  stack: StackProcess,
  { who, calls }: { readonly who: Who; readonly calls: readonly Call[] },
): Promise<void> {
  const person = await personOf(stack, `userId:${who.userId}`);
  if (calls.length === 0) {
    expect(person).toBeUndefined();
    return;
  }
  const counts = Object.entries(person?.profile.events ?? {}).map(([name, { count }]) => [name, count]);

  expect(Object.fromEntries(counts)).toEqual(countsOf(calls));
  expect(person?.profile.identifiers.map(({ type, value }) => `${type}:${value}`).toSorted()).toEqual(
    identifiersOf(who, calls),
  );
  for (const call of calls) expect(person?.events).toContainEqual(expect.objectContaining(eventOf(call)));
  expect(person?.events).toHaveLength(calls.length);
  for (const call of calls) {
    if (call.type !== 'identify') continue;
    const traits = Object.entries(person?.profile.traits ?? {}).map(([name, { value }]) => [name, value]);
    expect(Object.fromEntries(traits)).toEqual(call.traits);
  }
}

/** Holds somebody who never said who they are to what they did. */
export async function expectStranger(
  stack: StackProcess,
  { anonymousId, calls }: { readonly anonymousId: string; readonly calls: readonly Call[] },
): Promise<void> {
  const person = await personOf(stack, `anonymousId:${anonymousId}`);

  expect(person?.profile.identifiers ?? []).toMatchObject(
    calls.length === 0 ? [] : [{ type: 'anonymousId', value: anonymousId }],
  );
  expect(person?.events ?? []).toMatchObject(calls.map(eventOf));
}

const countsOf = (calls: readonly Call[]): Record<string, number> =>
  Object.fromEntries(
    Map.groupBy(calls, nameOf)
      .entries()
      .map(([name, same]) => [name, same.length]),
  );

const identifiersOf = ({ userId, anonymousId }: Who, calls: readonly Call[]): readonly string[] =>
  [
    `userId:${userId}`,
    `anonymousId:${anonymousId}`,
    ...calls.flatMap((call) => {
      if (call.type === 'identify') return [`email:${call.traits.email}`];
      return call.type === 'alias' ? [`anonymousId:${call.previousId}`] : [];
    }),
  ].toSorted();

/** As the timeline shows it; an SDK for pages says more of its own beside. */
function eventOf(call: Call): Readonly<Record<string, unknown>> {
  const shown = { type: call.type, name: nameOf(call) };
  switch (call.type) {
    case 'identify':
      return { ...shown, traits: expect.objectContaining(call.traits) };
    case 'group':
      return { ...shown, groupId: call.groupId, traits: expect.objectContaining(call.traits) };
    case 'track':
      return { ...shown, properties: expect.objectContaining(call.properties) };
    case 'page':
    case 'screen':
      return { ...shown, properties: expect.objectContaining({ ...call.properties, name: call.name }) };
    case 'alias':
      return { ...shown, previousId: call.previousId };
  }
}
