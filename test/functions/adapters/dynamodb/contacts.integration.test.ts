import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll } from 'vitest';
import { dynamoContacts } from '#functions/adapters/dynamodb/contacts.ts';
import { activityItem, profileItem, tombstones } from '#functions/adapters/dynamodb/person-hot-items.ts';
import { contactRepositoryContract } from '#test/contract/contact-repository.ts';
import { startDynamoDb, type TestDynamoDb } from '#test/support/dynamodb.ts';
import { person } from '#test/support/person.ts';

let db: TestDynamoDb;
beforeAll(async () => {
  db = await startDynamoDb();
});
afterAll(() => db.close());

contactRepositoryContract('the one on DynamoDB', async ({ people, tombstones: merged }) => {
  const items = [
    ...people.flatMap((one) => [activityItem(one, undefined), profileItem(one)]),
    ...merged.flatMap(([from, to]) => tombstones(person(from), to, undefined)),
  ];
  for (const Item of items) await db.documents.send(new PutCommand({ TableName: 'people', Item }));
  return dynamoContacts({ client: db.documents, peopleTable: 'people', audiencesTable: 'audiences' });
});
