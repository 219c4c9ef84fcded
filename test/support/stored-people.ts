import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { readPerson } from '#functions/adapters/dynamodb/person-hot-items.ts';
import { Pid } from '#shared/events/event.ts';
import type { Person } from '#shared/profiles/activity.ts';
import type { StackProcess } from './stack-process.ts';

type Item = Readonly<Record<string, unknown>>;

/** What the stock AWS clients need to talk to a stack as its operator. */
export const clientConfig = ({ urls, region, credentials }: StackProcess) => ({
  endpoint: urls.aws,
  region,
  credentials,
});

async function scan(stack: StackProcess, TableName: string | undefined): Promise<readonly Item[]> {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(clientConfig(stack)));
  const items: Item[] = [];
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await client.send(new ScanCommand({ TableName, ExclusiveStartKey, ConsistentRead: true }));
    items.push(...(page.Items ?? []));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  client.destroy();
  return items;
}

/**
 * Everybody who is stored, read past the product's API; those who were absorbed are nobody of their own.
 *
 * @throws for somebody whose items disagree, which no finished write leaves behind.
 */
export async function storedPeople(stack: StackProcess): Promise<readonly Person[]> {
  const items = await scan(stack, stack.outputs.PeopleTable);
  const byPid = Map.groupBy(items, ({ pid }) => Pid.parse(pid));
  return [...byPid].flatMap(([pid, theirs]) => {
    const person = readPerson(pid, theirs);
    if (person === 'torn') throw new Error(`the items of ${pid} are of different writes`);
    return person === undefined || person === 'erased' || 'mergedInto' in person ? [] : [person];
  });
}

const AudienceItem = z.object({ segment: z.string(), pid: z.string(), left: z.boolean().default(false) });

/** The members that table `audiences` has, each as `<segment> <pid>`, in order. */
export async function audienceMembers(stack: StackProcess): Promise<readonly string[]> {
  const items = await scan(stack, stack.outputs.AudiencesTable);
  return items
    .map((item) => AudienceItem.parse(item))
    .filter(({ segment, left }) => !left && !segment.startsWith('run#') && !segment.startsWith('#'))
    .map(({ segment, pid }) => `${segment.split('#')[0]} ${pid}`)
    .sort();
}

/** The same by what stands on the people themselves. */
export const membersOnProfiles = (people: readonly Person[]): readonly string[] =>
  people.flatMap(({ pid, activity }) => Object.keys(activity.segments).map((id) => `${id} ${pid}`)).sort();

/** How many events a person's counters hold. */
export const eventsOf = ({ activity }: Person): number =>
  Object.values(activity.events).reduce((sum, { count }) => sum + count, activity.otherEvents);
