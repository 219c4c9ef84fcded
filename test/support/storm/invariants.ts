import { expect } from 'vitest';
import { brokenLimit } from '#shared/identity/broken-limit.ts';
import { DEFAULT_IDENTITY } from '#shared/identity/rules.ts';
import { eventsOf } from './expected.ts';
import type { Stored } from './stored.ts';
import type { Came } from './storm.ts';
import type { Request } from './stream.ts';

const WRITES = ['PutItem', 'TransactWriteItems'];
const CHUNKS = 'BatchWriteItem';

/**
 * Expects that to deliver it all again, and to send it all again, writes nobody, and shows nothing else. Of
 * a message that was sent again among new ones it may keep a copy more in its timeline, once.
 */
export async function expectSettled({ people, repeat }: Came): Promise<void> {
  const again = await repeat();
  expect(again.calls.filter(({ operation }) => WRITES.includes(operation))).toEqual([]);
  expect(again.people).toEqual(people);
  if (!again.calls.some(({ operation }) => operation === CHUNKS)) return;

  const third = await repeat();
  expect(third.calls.filter(({ operation }) => [...WRITES, CHUNKS].includes(operation))).toEqual([]);
  expect(third.people).toEqual(people);
}

/**
 * Holds what is promised where whose an event is depends on what came first, or on who was set apart when:
 * each is counted once, and nobody has more than one may have or is one with whom they were set apart from.
 */
export function expectEachEventOnce(people: readonly Stored[], requests: readonly Request[]): void {
  const sent = eventsOf(requests).filter(({ identifiers }) => identifiers.length > 0);
  const counted = people.flatMap(({ person }) => Object.entries(person.activity.events));
  const sum = (of: string) => counted.reduce((all, [name, { count }]) => all + (name === of ? count : 0), 0);
  const names = [...new Set(sent.map(({ name }) => name))];
  expect(names.map((name) => [name, sum(name)])).toEqual(
    names.map((name) => [name, sent.filter((event) => event.name === name).length]),
  );
  const beyond = people.filter(
    ({ person }) => brokenLimit([], Object.keys(person.profile.identifiers), DEFAULT_IDENTITY) !== undefined,
  );
  expect(beyond).toEqual([]);
  const rejoined = people.filter(({ person: { pid, profile } }) =>
    [pid, ...Object.keys(profile.absorbed)].some((one) => Object.hasOwn(profile.parted, one)),
  );
  expect(rejoined).toEqual([]);
}

/** Holds that each event stands in the timeline of the person whom its strongest identifier names, and in no other. */
export function expectEachEventTold(people: readonly Stored[], requests: readonly Request[]): void {
  const sent = eventsOf(requests).filter(({ identifiers }) => identifiers.length > 0);
  const due = sent.map(({ messageId, identifiers }) => {
    // the strongest is never refused
    const [strongest = ''] = identifiers;
    const owner = people.find(({ person }) => Object.hasOwn(person.profile.identifiers, strongest));
    return `${messageId} of ${owner?.person.pid}`;
  });
  const told = people.flatMap(({ person, messages }) => messages.map((id) => `${id} of ${person.pid}`));
  expect(told.sort()).toEqual(due.sort());
}
