import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { audiencePartition, shardOf } from '#functions/adapters/dynamodb/audience-shards.ts';
import { activityItem, profileItem } from '#functions/adapters/dynamodb/person-hot-items.ts';
import type { Person } from '#shared/profiles/activity.ts';
import type { TestDynamoDb } from './dynamodb.ts';

/** Writes people as the profiles function leaves them, and their rows in a segment. */
export async function seedPeople(
  { documents }: TestDynamoDb,
  people: readonly Person[],
  segment: string,
): Promise<void> {
  const puts = (items: readonly Readonly<Record<string, unknown>>[]) =>
    items.map((item) => ({ PutRequest: { Item: { ...item } } }));
  // a request takes 25 items at most
  for (let at = 0; at < people.length; at += 8) {
    const batch = people.slice(at, at + 8);
    const hot = batch.flatMap((person) => [activityItem(person, undefined), profileItem(person)]);
    const rows = batch.map(({ pid }) => ({
      segment: audiencePartition(segment, shardOf(pid)),
      pid,
      n: 1,
      at: 1,
    }));
    await documents.send(
      new BatchWriteCommand({ RequestItems: { people: puts(hot), audiences: puts(rows) } }),
    );
  }
}
