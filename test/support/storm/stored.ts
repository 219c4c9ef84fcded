import { DeleteCommand, type DynamoDBDocumentClient, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'vitest';
import { readPerson } from '#functions/adapters/dynamodb/person-hot-items.ts';
import { contactKey } from '#functions/adapters/dynamodb/person-items.ts';
import { dynamoTimelineReader } from '#functions/adapters/dynamodb/timeline-reader.ts';
import type { ProfilesEnv } from '#functions/profiles/env.ts';
import { Pid } from '#shared/events/event.ts';
import { partsOfRow } from '#shared/identity/identifier.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { canonicalState } from '#shared/profiles/canonical.ts';
import { MergeCause } from '#shared/profiles/merge-log.ts';
import { absorbedBy } from '#shared/profiles/profile.ts';
import { byState, type Outcome } from './expected.ts';
import { CONTACT } from './stream.ts';

type Item = Readonly<Record<string, unknown>>;

async function scan(client: DynamoDBDocumentClient, TableName: string): Promise<readonly Item[]> {
  const items: Item[] = [];
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await client.send(new ScanCommand({ TableName, ExclusiveStartKey, ConsistentRead: true }));
    items.push(...(page.Items ?? []));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return items;
}

/** Lets all spilled ids of messages expire. */
export async function forgetSpills(
  client: DynamoDBDocumentClient,
  { PEOPLE_TABLE }: ProfilesEnv,
): Promise<void> {
  for (const { pid, sk } of await scan(client, PEOPLE_TABLE)) {
    if (!String(sk).startsWith('seen#')) continue;
    await client.send(new DeleteCommand({ TableName: PEOPLE_TABLE, Key: { pid, sk } }));
  }
}

/** Somebody who is stored. */
export interface Stored {
  readonly person: Person;
  /** The messages of their timeline. */
  readonly messages: readonly string[];
  /** The rows of `identities` that lead to them. */
  readonly rows: readonly string[];
  /** By which sources' events they were merged, so far as they still are. */
  readonly mergedBy: readonly string[];
  /** What came of the messages to them, and when. */
  readonly contacts: readonly Item[];
}

/** Who has which row, as stored. */
export async function storedRows(
  client: DynamoDBDocumentClient,
  { IDENTITIES_TABLE }: ProfilesEnv,
): Promise<ReadonlyMap<string, Pid>> {
  const rows = await scan(client, IDENTITIES_TABLE);
  return new Map(rows.map(({ identifier, pid }) => [String(identifier), Pid.parse(pid)]));
}

/** Puts a message to somebody, of which nothing has come yet. */
export async function reserveContact(
  client: DynamoDBDocumentClient,
  { env, pid }: { readonly env: ProfilesEnv; readonly pid: Pid | undefined },
): Promise<void> {
  if (pid === undefined) throw new TypeError('nobody is there whom a request is addressed to');
  const Item = contactKey(pid, CONTACT);
  await client.send(new PutCommand({ TableName: env.PEOPLE_TABLE, Item }));
}

/** Everybody who was not absorbed, who was erased, and where those went who were absorbed. */
export async function readEverybody(client: DynamoDBDocumentClient, env: ProfilesEnv) {
  const items = await scan(client, env.PEOPLE_TABLE);
  const people = new Map<string, Person>();
  const survivors = new Map<string, string>();
  const erased = new Set<string>();
  for (const [pid, theirs] of Map.groupBy(items, ({ pid }) => Pid.parse(pid))) {
    const read = readPerson(pid, theirs);
    if (read === 'torn') throw new Error(`the items of ${pid} are of different writes`);
    if (read === undefined) continue;
    if (read === 'erased') erased.add(pid);
    else if ('mergedInto' in read) survivors.set(pid, read.mergedInto);
    else people.set(pid, read);
  }
  const follow = (pid: string): string => {
    const survivor = survivors.get(pid);
    return survivor === undefined ? pid : follow(survivor);
  };
  return { people, erased, follow, items };
}

/**
 * Everybody who stands in the tables and was not absorbed.
 *
 * It expects that everybody is whole, and that identifiers and their rows lead to the same people.
 */
export async function storedPeople(
  client: DynamoDBDocumentClient,
  env: ProfilesEnv,
): Promise<readonly Stored[]> {
  const { people, erased, follow, items } = await readEverybody(client, env);
  const rows = new Map([...(await storedRows(client, env))].filter(([, pid]) => !erased.has(follow(pid))));
  const claimed = new Set([...rows].map(([row, pid]) => `${partsOfRow(row).key} of ${follow(pid)}`));
  const known = [...people.values()].flatMap(({ pid, profile }) =>
    Object.keys(profile.identifiers).map((key) => `${key} of ${pid}`),
  );
  expect([...claimed].sort()).toEqual(known.sort());

  const timeline = dynamoTimelineReader({ client, tableName: env.PEOPLE_TABLE });
  return Promise.all(
    [...people.values()].map(async (person) => {
      const pids = [person.pid, ...absorbedBy(person.profile)];
      const told = new Set<string>();
      let before: string | undefined;
      do {
        const page = await timeline.newest(pids, { before, limit: 500 });
        for (const { messageId } of page.events) told.add(messageId);
        before = page.next;
      } while (before !== undefined);
      const theirs = items.filter(({ pid }) => pids.some((one) => one === pid));
      return {
        person,
        messages: [...told].sort(),
        rows: [...rows].flatMap(([row, pid]) => (follow(pid) === person.pid ? [row] : [])),
        mergedBy: theirs.flatMap(({ cause }) =>
          cause === undefined ? [] : [MergeCause.parse(cause).source],
        ),
        contacts: theirs.filter(({ sk }) => String(sk).startsWith('contact#')),
      };
    }),
  );
}

/** Somebody who was erased. */
export interface Erased {
  /** The rows that led to them. */
  readonly rows: readonly string[];
  /** Sort keys of what lies under them and under whom they absorbed, and is no tombstone. */
  readonly left: readonly string[];
}

const isTombstone = ({ sk, state, profile }: Item): boolean =>
  String(sk).startsWith('!') && state === undefined && profile === undefined;

/** Everybody who was erased, with what is stored of them all the same. */
export async function storedErased(
  client: DynamoDBDocumentClient,
  env: ProfilesEnv,
): Promise<readonly Erased[]> {
  const { erased, follow, items } = await readEverybody(client, env);
  const rows = await storedRows(client, env);
  return [...erased].map((pid) => ({
    rows: [...rows].flatMap(([row, of]) => (follow(of) === pid ? [row] : [])),
    left: items.flatMap((item) =>
      follow(String(item.pid)) === pid && !isTombstone(item) ? [String(item.sk)] : [],
    ),
  }));
}

export const outcomeOf = (stored: readonly Stored[]): readonly Outcome[] =>
  stored.map(({ person, messages }) => ({ state: canonicalState(person), messages })).sort(byState);
