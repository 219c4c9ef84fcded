import { DeleteCommand, type DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'vitest';
import { readPerson } from '#functions/adapters/dynamodb/person-hot-items.ts';
import { dynamoTimelineReader } from '#functions/adapters/dynamodb/timeline-reader.ts';
import type { ProfilesEnv } from '#functions/profiles/env.ts';
import { Pid } from '#shared/events/event.ts';
import { partsOfRow } from '#shared/identity/identifier.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { canonicalState } from '#shared/profiles/canonical.ts';
import { absorbedBy } from '#shared/profiles/profile.ts';
import { byState, type Outcome } from './expected.ts';

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

/** Somebody who is stored, with the messages of their timeline. */
export interface Stored {
  readonly person: Person;
  readonly messages: readonly string[];
}

/** Everybody who was not absorbed, and where those went who were. */
export async function readEverybody(client: DynamoDBDocumentClient, env: ProfilesEnv) {
  const items = await scan(client, env.PEOPLE_TABLE);
  const people = new Map<string, Person>();
  const survivors = new Map<string, string>();
  for (const [pid, theirs] of Map.groupBy(items, ({ pid }) => Pid.parse(pid))) {
    const read = readPerson(pid, theirs);
    if (read === 'torn') throw new Error(`the items of ${pid} are of different writes`);
    if (read === undefined || read === 'erased') continue;
    if ('mergedInto' in read) survivors.set(pid, read.mergedInto);
    else people.set(pid, read);
  }
  return { people, survivors };
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
  const { people, survivors } = await readEverybody(client, env);
  const rows = await scan(client, env.IDENTITIES_TABLE);
  const follow = (pid: string): string => {
    const survivor = survivors.get(pid);
    return survivor === undefined ? pid : follow(survivor);
  };
  const claimed = rows
    .map(({ identifier, pid }) => `${partsOfRow(String(identifier)).key} of ${follow(String(pid))}`)
    .sort();
  const known = [...people.values()].flatMap(({ pid, profile }) =>
    Object.keys(profile.identifiers).map((key) => `${key} of ${pid}`),
  );
  expect(claimed).toEqual(known.sort());

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
      return { person, messages: [...told].sort() };
    }),
  );
}

export const outcomeOf = (stored: readonly Stored[]): readonly Outcome[] =>
  stored.map(({ person, messages }) => ({ state: canonicalState(person), messages })).sort(byState);
