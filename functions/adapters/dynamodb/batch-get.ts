import { setTimeout as pause } from 'node:timers/promises';
import { BatchGetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { forEachConcurrently } from '#functions/runtime/concurrency.ts';
import { UnavailableError } from '#shared/kernel/errors.ts';

/** DynamoDB's own ceiling on keys in one request. */
const MAX_KEYS = 100;
const MAX_ROUNDS = 8;
/** A person of many merges whose old events come late is looked up in thousands of places. */
const AT_ONCE = 8;

type Item = Record<string, unknown>;

/**
 * Reads many items of one table, in requests of {@link MAX_KEYS}, asking again for what a request
 * left unprocessed. The order of what comes back is not that of the keys.
 *
 * @throws {UnavailableError} when the table keeps leaving keys unprocessed.
 */
export async function batchGet(
  client: DynamoDBDocumentClient,
  read: { readonly tableName: string; readonly keys: readonly Item[]; readonly consistent: boolean },
): Promise<Item[]> {
  const pages: Item[][] = [];
  for (let at = 0; at < read.keys.length; at += MAX_KEYS) pages.push(read.keys.slice(at, at + MAX_KEYS));
  const items: Item[] = [];
  await forEachConcurrently(pages, AT_ONCE, async (keys) => {
    items.push(...(await getPage(client, { ...read, keys })));
  });
  return items;
}

async function getPage(
  client: DynamoDBDocumentClient,
  { tableName, keys, consistent }: Parameters<typeof batchGet>[1],
): Promise<Item[]> {
  const items: Item[] = [];
  let pending = [...keys];
  for (let round = 0; pending.length > 0; round++) {
    if (round === MAX_ROUNDS) throw new UnavailableError('the table answers only part of what is asked for');
    if (round > 0) await pause(25 * 2 ** round);
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetCommand({ RequestItems: { [tableName]: { Keys: pending, ConsistentRead: consistent } } }),
    );
    items.push(...(Responses?.[tableName] ?? []));
    pending = UnprocessedKeys?.[tableName]?.Keys ?? [];
  }
  return items;
}
