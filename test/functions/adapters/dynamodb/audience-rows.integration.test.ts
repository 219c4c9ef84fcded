import { afterAll, beforeAll } from 'vitest';
import { dynamoAudienceRows } from '#functions/adapters/dynamodb/audience-rows.ts';
import { audienceRowsContract } from '#test/contract/audience-rows.ts';
import { startDynamoDb, type TestDynamoDb } from '#test/support/dynamodb.ts';

let db: TestDynamoDb;
let tests = 0;
beforeAll(async () => {
  db = await startDynamoDb();
});
afterAll(() => db.close());

audienceRowsContract('the keeper on DynamoDB', async () => {
  const rows = dynamoAudienceRows({ client: db.documents, tableName: 'audiences' });
  // each test has segments of its own in the one table
  const prefix = `t${tests++}-`;
  return {
    enter: (row) => rows.enter({ ...row, segment: prefix + row.segment }),
    leave: (row) => rows.leave({ ...row, segment: prefix + row.segment }),
    size: (segment) => rows.size(prefix + segment),
    rowsOf: (segment, shard) => rows.rowsOf(prefix + segment, shard),
    suspect: (row) => rows.suspect({ ...row, segment: prefix + row.segment }),
  };
});
