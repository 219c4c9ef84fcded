import { BatchWriteCommand, type DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';

const KEYS: Readonly<Record<string, readonly string[]>> = {
  people: ['pid', 'sk'],
  identities: ['identifier'],
  audiences: ['segment', 'pid'],
  catalog: ['kind', 'id'],
  quality: ['source', 'place'],
};

/** Deletes every item of the stack's tables, so that tests can share one DynamoDB. */
export async function emptyTables(
  documents: DynamoDBDocumentClient,
  tables: readonly string[],
): Promise<void> {
  for (const table of tables) {
    const pages = paginateScan({ client: documents }, { TableName: table, ConsistentRead: true });
    for await (const { Items = [] } of pages) {
      const keys = Items.map((item) =>
        Object.fromEntries((KEYS[table] ?? []).map((key) => [key, item[key]])),
      );
      for (let at = 0; at < keys.length; at += 25) {
        const requests = keys.slice(at, at + 25).map((Key) => ({ DeleteRequest: { Key } }));
        await documents.send(new BatchWriteCommand({ RequestItems: { [table]: requests } }));
      }
    }
  }
}
