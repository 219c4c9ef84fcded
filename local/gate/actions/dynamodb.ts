import * as z from 'zod';
import { arn } from '#local/gate/arns.ts';
import type { AwsCall } from '#local/gate/aws-call.ts';
import { readBody } from '#local/services/json-service.ts';
import type { Access, AccessOfService } from './access.ts';

const OnTable = z.object({ TableName: z.string() });
const OnTableOrIndex = OnTable.extend({ IndexName: z.string().optional() });
const Batch = z.object({ RequestItems: z.record(z.string(), z.unknown()) });
const Transaction = z.object({ TransactItems: z.array(z.record(z.string(), OnTable)) });

/** What a transaction's parts are called in its input, and the action that each needs on its table. */
const TRANSACTION_PARTS: Readonly<Record<string, string>> = {
  Get: 'dynamodb:GetItem',
  Put: 'dynamodb:PutItem',
  Update: 'dynamodb:UpdateItem',
  Delete: 'dynamodb:DeleteItem',
  ConditionCheck: 'dynamodb:ConditionCheckItem',
};

const tableArn = (region: string, name: string): string => arn('dynamodb', region, 'table/', name);

/** The action is the operation's own name, on one table. */
const onTable: Access = (call, region) => [
  { action: actionOf(call), resource: tableArn(region, readBody(call, OnTable).TableName) },
];

const onTableOrIndex: Access = (call, region) => {
  const { TableName, IndexName } = readBody(call, OnTableOrIndex);
  const table = tableArn(region, TableName);
  return [
    { action: actionOf(call), resource: IndexName === undefined ? table : `${table}/index/${IndexName}` },
  ];
};

const onEachTable: Access = (call, region) =>
  Object.keys(readBody(call, Batch).RequestItems).map((name) => ({
    action: actionOf(call),
    resource: tableArn(region, name),
  }));

const onEachPart: Access = (call, region) =>
  readBody(call, Transaction).TransactItems.flatMap((item) =>
    Object.entries(item).map(([part, { TableName }]) => ({
      action: TRANSACTION_PARTS[part] ?? `dynamodb:${part}`,
      resource: tableArn(region, TableName),
    })),
  );

const actionOf = (call: AwsCall): string => `dynamodb:${call.operation}`;

export const dynamodbAccess: AccessOfService = {
  GetItem: onTable,
  PutItem: onTable,
  UpdateItem: onTable,
  DeleteItem: onTable,
  DescribeTable: onTable,
  Query: onTableOrIndex,
  Scan: onTableOrIndex,
  BatchGetItem: onEachTable,
  BatchWriteItem: onEachTable,
  TransactGetItems: onEachPart,
  TransactWriteItems: onEachPart,
};
