import { expect } from 'vitest';
import { brokenLimit } from '#shared/identity/broken-limit.ts';
import { eventTotal } from '#shared/profiles/unmerge-counts.ts';
import type { Counted } from './counted.ts';
import { eventsOf } from './expected.ts';
import { IDENTITY } from './segments.ts';
import type { Stored } from './stored.ts';
import type { Came } from './storm.ts';
import type { Request } from './stream.ts';

const WRITES = ['PutItem', 'TransactWriteItems'];
const CHUNKS = 'BatchWriteItem';

/** A message is in no more records than this: it is sent, sent again three times, and all of that is sent twice. */
const MOST_COPIES = 8;

/**
 * Expects that to deliver it all again, and to send it all again, writes nobody, and shows nothing else. A
 * message that was sent again among new ones may stand in the timeline by each of its records, once; which of
 * them lack it is seen of those that come in one batch, so that it takes some repetitions until none does.
 */
export async function expectSettled({ people, counted, repeat }: Came): Promise<void> {
  for (let left = MOST_COPIES; ; left--) {
    const again = await repeat();
    expect(again.counted.applied).toBe(counted.applied);
    expect(again.calls.filter(({ operation }) => WRITES.includes(operation))).toEqual([]);
    expect(again.people).toEqual(people);
    const chunks = again.calls.filter(({ operation }) => operation === CHUNKS);
    if (chunks.length === 0) return;
    if (left === 0) expect(chunks).toEqual([]);
  }
}

/**
 * Holds what is promised where whose an event is depends on what came first, or on who was set apart when:
 * each is counted once, and nobody has more than one may have or is one with whom they were set apart from.
 */
export function expectEachEventOnce(people: readonly Stored[], requests: readonly Request[]): void {
  const sent = eventsOf(requests).flatMap(({ event, rows }) => (rows.length > 0 ? [event] : []));
  const counted = people.flatMap(({ person }) => Object.entries(person.activity.events));
  const sum = (of: string) => counted.reduce((all, [name, { count }]) => all + (name === of ? count : 0), 0);
  const names = [...new Set(sent.map(({ name }) => name))];
  expect(names.map((name) => [name, sum(name)])).toEqual(
    names.map((name) => [name, sent.filter((event) => event.name === name).length]),
  );
  const beyond = people.filter(
    ({ person }) => brokenLimit([], Object.keys(person.profile.identifiers), IDENTITY) !== undefined,
  );
  expect(beyond).toEqual([]);
  const rejoined = people.filter(({ person: { pid, profile } }) =>
    [pid, ...Object.keys(profile.absorbed)].some((one) => Object.hasOwn(profile.parted, one)),
  );
  expect(rejoined).toEqual([]);
}

/**
 * Holds that what became of an event is counted once at most, and of none that is not so.
 *
 * @param isExact where nobody ends and no answer is lost: then all of it is counted.
 */
export function expectCounted(
  { counted, kept }: Pick<Came, 'counted' | 'kept'>,
  requests: readonly Request[],
  { isExact = false } = {},
): void {
  // what is addressed is our own
  const sent = eventsOf(requests).filter(({ rows, isAddressed }) => rows.length > 0 && !isAddressed);
  const most: Counted = { applied: sent.length, quarantined: kept };
  if (isExact) expect(counted).toEqual(most);
  expect(counted.applied).toBeLessThanOrEqual(most.applied);
  expect(counted.quarantined).toBeLessThanOrEqual(most.quarantined);
}

/** Holds that each event stands in the timeline of the person whom its strongest identifier names, and in no other. */
export function expectEachEventTold(people: readonly Stored[], requests: readonly Request[]): void {
  const due = eventsOf(requests).flatMap(({ event, rows: [strongest] }) => {
    if (strongest === undefined) return [];
    // it is never refused
    const owner = people.find(({ rows }) => rows.includes(strongest));
    return `${event.messageId} of ${owner?.person.pid}`;
  });
  const told = people.flatMap(({ person, messages }) => messages.map((id) => `${id} of ${person.pid}`));
  expect(told.sort()).toEqual(due.sort());
}

/** Holds that each event stands in somebody's timeline, and in several only of people who were one. */
export function expectEachEventToldAmongKin(people: readonly Stored[], requests: readonly Request[]): void {
  const told = Map.groupBy(
    people.flatMap(({ person, messages }) => messages.map((message) => ({ person, message }))),
    ({ message }) => message,
  );
  const sent = eventsOf(requests).flatMap(({ event, rows }) => (rows.length > 0 ? [event.messageId] : []));
  expect([...told.keys()].sort()).toEqual(sent.sort());
  const twice = [...told].filter(
    ([, by]) => by.length > 1 && by.some(({ person }) => Object.keys(person.profile.parted).length === 0),
  );
  expect(twice).toEqual([]);
}

/** Holds that nobody is joined by what its source, or the company that it is of, may not join them by. */
export function expectNobodyJoinedAmiss(people: readonly Stored[], requests: readonly Request[]): void {
  const known = people.map(({ person }) => Object.keys(person.profile.entities));
  const shared = known.filter((entities) =>
    entities.some((a) => entities.some((b) => !IDENTITY.mayShare(a, b))),
  );
  expect(shared).toEqual([]);

  const merging = new Set(
    requests.flatMap(({ source }) => (source.identity === undefined ? [source.id] : [])),
  );
  expect(people.flatMap(({ mergedBy }) => mergedBy).filter((source) => !merging.has(source))).toEqual([]);

  // an isolated event has its strongest alone
  const said = new Set(eventsOf(requests).flatMap(({ rows }) => rows));
  expect(people.flatMap(({ rows }) => rows).filter((row) => !said.has(row))).toEqual([]);
}

/** Holds that nothing is left of who was erased, and that what they were known by is nobody else's. */
export function expectNothingLeft({ people, erased }: Pick<Came, 'people' | 'erased'>): void {
  expect(erased.flatMap(({ left }) => left)).toEqual([]);
  const theirs = new Set(erased.flatMap(({ rows }) => rows));
  expect(people.flatMap(({ rows }) => rows).filter((row) => theirs.has(row))).toEqual([]);
}

/** Holds that each event that anybody has is counted once, and told where it is counted. */
export function expectEachEventOnceAtMost(people: readonly Stored[]): void {
  const told = people.flatMap(({ messages }) => messages);
  expect(told.length).toBe(new Set(told).size);
  expect(people.map(({ person }) => eventTotal(person.activity))).toEqual(
    people.map(({ messages }) => messages.length),
  );
}

/** Holds that what came of the one message to somebody stands with it, as it first did, and nowhere else. */
export function expectFeedbackKept(people: readonly Stored[], requests: readonly Request[]): void {
  const times = eventsOf(requests).flatMap(({ event, isAddressed }) =>
    isAddressed && event.email !== undefined ? [[event.email.contact, event.at] as const] : [],
  );
  const firstTimes = times.toSorted(([, a], [, b]) => b - a);
  const kept = people.flatMap(({ contacts }) => contacts).map(({ pid: _, sk: __, ...fields }) => fields);
  expect(kept).toEqual([Object.fromEntries(firstTimes)]);
}
