import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { arn, by, describeNeeds } from '#test/support/needs.ts';

const dynamodb = by(DynamoDBClient);
const table = (name: string) => arn('dynamodb', `table/${name}`);
const Key = { pid: { S: 'p1' } };

describeNeeds([
  [
    'GetItem',
    dynamodb((client) => client.send(new GetItemCommand({ TableName: 'people', Key }))),
    [`dynamodb:GetItem ${table('people')}`],
  ],
  [
    'PutItem',
    dynamodb((client) => client.send(new PutItemCommand({ TableName: 'people', Item: Key }))),
    [`dynamodb:PutItem ${table('people')}`],
  ],
  [
    'a table by its ARN',
    dynamodb((client) => client.send(new UpdateItemCommand({ TableName: table('people'), Key }))),
    [`dynamodb:UpdateItem ${table('people')}`],
  ],
  [
    'Query',
    dynamodb((client) => client.send(new QueryCommand({ TableName: 'people' }))),
    [`dynamodb:Query ${table('people')}`],
  ],
  [
    'Query of an index',
    dynamodb((client) => client.send(new QueryCommand({ TableName: 'people', IndexName: 'by-n' }))),
    [`dynamodb:Query ${table('people/index/by-n')}`],
  ],
  [
    'Scan',
    dynamodb((client) => client.send(new ScanCommand({ TableName: 'people' }))),
    [`dynamodb:Scan ${table('people')}`],
  ],
  [
    'BatchGetItem',
    dynamodb((client) =>
      client.send(
        new BatchGetItemCommand({ RequestItems: { people: { Keys: [Key] }, catalog: { Keys: [Key] } } }),
      ),
    ),
    [`dynamodb:BatchGetItem ${table('people')}`, `dynamodb:BatchGetItem ${table('catalog')}`],
  ],
  [
    'BatchWriteItem',
    dynamodb((client) =>
      client.send(
        new BatchWriteItemCommand({
          RequestItems: { people: [{ PutRequest: { Item: Key } }], catalog: [{ DeleteRequest: { Key } }] },
        }),
      ),
    ),
    [`dynamodb:BatchWriteItem ${table('people')}`, `dynamodb:BatchWriteItem ${table('catalog')}`],
  ],
  [
    'TransactWriteItems',
    dynamodb((client) =>
      client.send(
        new TransactWriteItemsCommand({
          TransactItems: [
            { Put: { TableName: 'people', Item: Key } },
            { Update: { TableName: 'people', Key, UpdateExpression: 'SET a = b' } },
            { Delete: { TableName: 'identities', Key } },
            { ConditionCheck: { TableName: 'catalog', Key, ConditionExpression: 'a = b' } },
          ],
        }),
      ),
    ),
    [
      `dynamodb:PutItem ${table('people')}`,
      `dynamodb:UpdateItem ${table('people')}`,
      `dynamodb:DeleteItem ${table('identities')}`,
      `dynamodb:ConditionCheckItem ${table('catalog')}`,
    ],
  ],
]);
