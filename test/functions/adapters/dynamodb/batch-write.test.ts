import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { batchPut } from '#functions/adapters/dynamodb/batch-write.ts';

const client = DynamoDBDocumentClient.from(new DynamoDBClient());
const items = (count: number) => Array.from({ length: count }, (_, id) => ({ id }));
const puts = (list: readonly Record<string, unknown>[]) => list.map((Item) => ({ PutRequest: { Item } }));

describe('batchPut', () => {
  it('writes 25 items in a request', async () => {
    const mock = mockClient(client).on(BatchWriteCommand).resolves({});

    await batchPut(client, { tableName: 'people', items: items(30) });

    const sizes = mock
      .commandCalls(BatchWriteCommand)
      .map(({ args }) => args[0].input.RequestItems?.people?.length);
    expect(sizes).toEqual([25, 5]);
  });

  it('asks again for what was left unprocessed', async () => {
    const [first, second] = items(2);
    const mock = mockClient(client)
      .on(BatchWriteCommand)
      .resolvesOnce({ UnprocessedItems: { people: puts([second ?? {}]) } })
      .resolves({});

    await batchPut(client, { tableName: 'people', items: [first ?? {}, second ?? {}] });

    const [, again] = mock.commandCalls(BatchWriteCommand);
    expect(again?.args[0].input.RequestItems).toEqual({ people: puts([second ?? {}]) });
  });
});
