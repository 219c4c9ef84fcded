import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Stream } from 'aws-cdk-lib/aws-kinesis';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { acknowledgePatterns } from './acknowledge.ts';

const TABLE_READS = ['GetItem', 'BatchGetItem', 'Query', 'Scan', 'DescribeTable'] as const;
const TABLE_WRITES = ['PutItem', 'BatchWriteItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'] as const;
type TableAction = (typeof TABLE_READS)[number] | (typeof TABLE_WRITES)[number];

const isWrite = (action: TableAction): boolean => TABLE_WRITES.some((write) => write === action);

/**
 * Lets `grantee` do exactly `actions` with a table's items, and use its key as far as they need.
 *
 * A transaction asks for the actions of its parts, so it is granted by them.
 */
export function allowTable(grantee: IGrantable, table: TableV2, ...actions: readonly TableAction[]): void {
  Grant.addToPrincipal({
    grantee,
    actions: actions.map((action) => `dynamodb:${action}`),
    resourceArns: [table.tableArn],
  });
  const keyActions = ['kms:Decrypt', 'kms:DescribeKey'];
  if (actions.some(isWrite)) keyActions.push('kms:Encrypt', 'kms:GenerateDataKey');
  table.encryptionKey?.grant(grantee, ...keyActions);
}

/** Lets `grantee` read what an index of a table lists. */
export function allowIndex(grantee: IGrantable, table: TableV2, index: string): void {
  Grant.addToPrincipal({
    grantee,
    actions: ['dynamodb:Query'],
    resourceArns: [`${table.tableArn}/index/${index}`],
  });
  table.encryptionKey?.grant(grantee, 'kms:Decrypt', 'kms:DescribeKey');
}

/** Lets `grantee` put records on a stream. */
export function allowPutRecords(grantee: IGrantable, stream: Stream): void {
  stream.grant(grantee, 'kinesis:PutRecord', 'kinesis:PutRecords');
  stream.encryptionKey?.grant(grantee, 'kms:GenerateDataKey');
}

/** Lets `grantee` look back at the records of a stream. */
export function allowReadRecords(grantee: IGrantable, stream: Stream): void {
  stream.grant(grantee, 'kinesis:ListShards', 'kinesis:GetShardIterator', 'kinesis:GetRecords');
  stream.encryptionKey?.grant(grantee, 'kms:Decrypt');
}

/** Lets `grantee` read a secret's value. */
export function allowSecretValue(grantee: IGrantable, secret: Secret): void {
  Grant.addToPrincipal({
    grantee,
    actions: ['secretsmanager:GetSecretValue'],
    resourceArns: [secret.secretArn],
  });
  secret.encryptionKey?.grant(grantee, 'kms:Decrypt');
}

/** Lets `grantee` write objects under a prefix, new or over old ones. */
export function allowPutObjects(grantee: IFunction, bucket: Bucket, prefix: string): void {
  allowObjects(grantee, 's3:PutObject', bucket.arnForObjects(`${prefix}*`));
  // multipart uploads read back what they encrypted
  bucket.encryptionKey?.grant(grantee, 'kms:GenerateDataKey', 'kms:Decrypt');
}

/** Lets `grantee` give up an upload in parts that it has begun under a prefix. */
export function allowAbortUploads(grantee: IFunction, bucket: Bucket, prefix: string): void {
  allowObjects(grantee, 's3:AbortMultipartUpload', bucket.arnForObjects(`${prefix}*`));
}

/** Lets `grantee` read objects under a prefix and learn which of them exist. */
export function allowGetObjects(grantee: IFunction, bucket: Bucket, prefix: string): void {
  allowObjects(grantee, 's3:GetObject', bucket.arnForObjects(`${prefix}*`));
  // without it S3 answers 403 for an object that does not exist, which reads as a missing grant
  Grant.addToPrincipal({ grantee, actions: ['s3:ListBucket'], resourceArns: [bucket.bucketArn] });
  bucket.encryptionKey?.grant(grantee, 'kms:Decrypt');
}

/** Lets `grantee` delete objects under a prefix. */
export function allowDeleteObjects(grantee: IFunction, bucket: Bucket, prefix: string): void {
  allowObjects(grantee, 's3:DeleteObject', bucket.arnForObjects(`${prefix}*`));
}

/** Lets Lambda, by the role of `grantee`, leave there what the function was given in vain. */
export function allowFailedRecords(grantee: IFunction, failed: Bucket): void {
  // https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
  allowObjects(grantee, 's3:PutObject', failed.arnForObjects('aws/lambda/*'));
  Grant.addToPrincipal({ grantee, actions: ['s3:ListBucket'], resourceArns: [failed.bucketArn] });
  failed.encryptionKey?.grant(grantee, 'kms:GenerateDataKey');
}

function allowObjects(grantee: IFunction, action: string, objects: string): void {
  Grant.addToPrincipal({ grantee, actions: [action], resourceArns: [objects] });
  acknowledgePatterns(
    grantee.role ?? grantee,
    [objects],
    'Objects under one prefix: their names are made at run time.',
  );
}
