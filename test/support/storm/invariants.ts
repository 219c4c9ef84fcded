import { expect } from 'vitest';
import { brokenLimit } from '#shared/identity/broken-limit.ts';
import { DEFAULT_IDENTITY } from '#shared/identity/rules.ts';
import { eventsOf } from './expected.ts';
import type { Stored } from './stored.ts';
import type { Came } from './storm.ts';
import type { Request } from './stream.ts';

const CHANGES = ['PutItem', 'TransactWriteItems', 'BatchWriteItem'];

/** Expects that to deliver it all again, and to send it all again, writes nothing of anybody. */
export async function expectSettled({ people, repeat }: Came): Promise<void> {
  const again = await repeat();
  expect(again.calls.filter(({ operation }) => CHANGES.includes(operation))).toEqual([]);
  expect(again.people).toEqual(people);
}

/**
 * Holds what is promised where limits are hit: each event is counted once and stands in the timeline of the
 * person whom its user id names; nobody has more than one may have.
 */
export function expectEachEventOnce(people: readonly Stored[], requests: readonly Request[]): void {
  const sent = eventsOf(requests).filter(({ identifiers }) => identifiers.length > 0);
  const counted = people.flatMap(({ person }) => Object.values(person.activity.events));
  expect(counted.reduce((sum, { count }) => sum + count, 0)).toBe(sent.length);
  const untold = sent.filter(({ messageId, identifiers }) => {
    // the strongest is never refused
    const [strongest = ''] = identifiers;
    const owner = people.find(({ person }) => Object.hasOwn(person.profile.identifiers, strongest));
    return !owner?.messages.includes(messageId);
  });
  expect(untold).toEqual([]);
  const beyond = people.filter(
    ({ person }) => brokenLimit([], Object.keys(person.profile.identifiers), DEFAULT_IDENTITY) !== undefined,
  );
  expect(beyond).toEqual([]);
}
