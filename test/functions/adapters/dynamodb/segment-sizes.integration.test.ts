import { afterAll, beforeAll } from 'vitest';
import { dynamoSegmentSizes } from '#functions/adapters/dynamodb/segment-sizes.ts';
import { segmentSizesContract } from '#test/contract/segment-sizes.ts';
import { startDynamoDb, type TestDynamoDb } from '#test/support/dynamodb.ts';
import { emptyTables } from '#test/support/empty-tables.ts';

let dynamo: TestDynamoDb;
beforeAll(async () => {
  dynamo = await startDynamoDb();
});
afterAll(() => dynamo.close());

segmentSizesContract('the sizes on DynamoDB', async () => {
  await emptyTables(dynamo.documents, ['audiences']);
  return dynamoSegmentSizes({ client: dynamo.documents, tableName: 'audiences' });
});
