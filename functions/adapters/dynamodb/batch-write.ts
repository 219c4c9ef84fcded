import { setTimeout as pause } from 'node:timers/promises';
import { BatchWriteCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { UnavailableError } from '#shared/kernel/errors.ts';

/** DynamoDB's own ceiling on items in one request. */
const MAX_ITEMS = 25;
const MAX_ROUNDS = 8;

type Item = Record<string, unknown>;
type WriteRequest = { readonly PutRequest: { Item: Item } } | { readonly DeleteRequest: { Key: Item } };

/**
 * Puts many items, unconditionally and in no order, in requests of {@link MAX_ITEMS}, asking again for
 * what a request left unprocessed. No two of them may have the same key.
 *
 * @throws {UnavailableError} when the table keeps leaving items unprocessed; some are written then.
 */
export const batchPut = (
  client: DynamoDBDocumentClient,
  { tableName, items }: { readonly tableName: string; readonly items: readonly Item[] },
): Promise<void> =>
  writeAll(
    client,
    tableName,
    items.map((Item) => ({ PutRequest: { Item } })),
  );

/** Deletes as {@link batchPut} puts, whether an item is there or not. */
export const batchDelete = (
  client: DynamoDBDocumentClient,
  { tableName, keys }: { readonly tableName: string; readonly keys: readonly Item[] },
): Promise<void> =>
  writeAll(
    client,
    tableName,
    keys.map((Key) => ({ DeleteRequest: { Key } })),
  );

async function writeAll(
  client: DynamoDBDocumentClient,
  tableName: string,
  writes: readonly WriteRequest[],
): Promise<void> {
  const requests: Promise<void>[] = [];
  for (let at = 0; at < writes.length; at += MAX_ITEMS) {
    requests.push(writePage(client, tableName, writes.slice(at, at + MAX_ITEMS)));
  }
  await Promise.all(requests);
}

async function writePage(
  client: DynamoDBDocumentClient,
  tableName: string,
  writes: readonly WriteRequest[],
): Promise<void> {
  let pending = [...writes];
  for (let round = 0; pending.length > 0; round++) {
    if (round === MAX_ROUNDS) throw new UnavailableError('the table takes only part of what is written');
    if (round > 0) await pause(25 * 2 ** round);
    const { UnprocessedItems } = await client.send(
      new BatchWriteCommand({ RequestItems: { [tableName]: pending } }),
    );
    const left = UnprocessedItems?.[tableName] ?? [];
    pending = left.flatMap(({ PutRequest, DeleteRequest }): WriteRequest[] => {
      if (PutRequest?.Item !== undefined) return [{ PutRequest: { Item: PutRequest.Item } }];
      return DeleteRequest?.Key === undefined ? [] : [{ DeleteRequest: { Key: DeleteRequest.Key } }];
    });
  }
}
