import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamoErasures } from '#functions/adapters/dynamodb/erasures.ts';
import { dynamoPeople } from '#functions/adapters/dynamodb/people.ts';
import { dynamoPeopleScan } from '#functions/adapters/dynamodb/people-scan.ts';
import { activityItem, profileItem } from '#functions/adapters/dynamodb/person-hot-items.ts';
import { peopleScanContract, scanPart } from '#test/contract/people-scan.ts';
import { startDynamoDb, type TestDynamoDb } from '#test/support/dynamodb.ts';
import { emptyTables } from '#test/support/empty-tables.ts';
import { RECEIVED_AT } from '#test/support/events.ts';
import { person } from '#test/support/person.ts';

let dynamo: TestDynamoDb;
beforeAll(async () => {
  dynamo = await startDynamoDb();
});
afterAll(() => dynamo.close());

const create = async (pageItems?: number) => {
  const table = { client: dynamo.documents, tableName: 'people' };
  await emptyTables(dynamo.documents, ['people', 'identities']);
  return {
    people: dynamoPeople({
      ...table,
      identitiesTable: 'identities',
      timelineDays: 90,
      dedupDays: 30,
      now: () => RECEIVED_AT,
    }),
    erasures: dynamoErasures(table),
    scan: dynamoPeopleScan({ ...table, ...(pageItems !== undefined && { pageItems }) }),
  };
};

peopleScanContract('the Scan of DynamoDB', create);
// every page but the last ends between somebody's items, or within what lies between people
peopleScanContract('the Scan of DynamoDB in pages of one item', () => create(1));
peopleScanContract('the Scan of DynamoDB in pages of three items', () => create(3));

describe('dynamoPeopleScan', () => {
  const put = (item: object) =>
    dynamo.documents.send(new PutCommand({ TableName: 'people', Item: { ...item } }));

  it('reads again who is torn, as a write may tear them under a scan', async () => {
    const { scan } = await create();
    const ada = person('ada', { activity: { version: 2, profileVersion: 2 } });
    await put(activityItem(ada, undefined));
    await put(profileItem(person('ada', { activity: { version: 1, profileVersion: 1 } })));
    const { middlewareStack } = dynamo.documents;
    middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          const answer = await next(args);
          if (commandName === 'ScanCommand') await put(profileItem(ada));
          return answer;
        },
      { name: 'endTheWrite' },
    );

    expect(await scanPart(scan, 0, 1)).toEqual([ada]);
    middlewareStack.remove('endTheWrite');
  });

  it('leaves out who cannot be read, and says so', async () => {
    await create();
    const faults: unknown[] = [];
    const scan = dynamoPeopleScan({
      client: dynamo.documents,
      tableName: 'people',
      onUnreadable: (fault) => faults.push(fault),
    });
    const ada = person('ada');
    for (const item of [activityItem(ada, undefined), profileItem(ada)]) await put(item);
    await put({ pid: 'bob', sk: '!activity', version: 1, state: 'not what we write' });
    await put({ ...profileItem(ada), pid: 'bob' });

    expect(await scanPart(scan, 0, 1)).toEqual([ada]);
    expect(faults).toHaveLength(1);
  });
});
