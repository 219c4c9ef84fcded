import { afterAll, beforeAll } from 'vitest';
import { dynamoRunProgress } from '#functions/adapters/dynamodb/run-progress.ts';
import { runProgressContract } from '#test/contract/run-progress.ts';
import { startDynamoDb, type TestDynamoDb } from '#test/support/dynamodb.ts';
import { emptyTables } from '#test/support/empty-tables.ts';

let dynamo: TestDynamoDb;
beforeAll(async () => {
  dynamo = await startDynamoDb();
});
afterAll(() => dynamo.close());

runProgressContract('the progress on DynamoDB', async () => {
  await emptyTables(dynamo.documents, ['audiences']);
  return dynamoRunProgress({ client: dynamo.documents, tableName: 'audiences', now: Date.now });
});
