import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Stream } from 'aws-cdk-lib/aws-kinesis';
import type { Bucket } from 'aws-cdk-lib/aws-s3';

const TABLE_READS = ['GetItem', 'BatchGetItem', 'Query'] as const;
const TABLE_WRITES = ['PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'] as const;
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

/** Lets `grantee` put records on a stream. */
export function allowPutRecords(grantee: IGrantable, stream: Stream): void {
  stream.grant(grantee, 'kinesis:PutRecord', 'kinesis:PutRecords');
  stream.encryptionKey?.grant(grantee, 'kms:GenerateDataKey');
}

/** Lets `grantee` write objects under a prefix, new or over old ones. */
export function allowPutObjects(grantee: IGrantable, bucket: Bucket, prefix: string): void {
  Grant.addToPrincipal({
    grantee,
    actions: ['s3:PutObject'],
    resourceArns: [bucket.arnForObjects(`${prefix}*`)],
  });
  // multipart uploads read back what they encrypted
  bucket.encryptionKey?.grant(grantee, 'kms:GenerateDataKey', 'kms:Decrypt');
}

/** Lets `grantee` read objects under a prefix and learn which of them exist. */
export function allowGetObjects(grantee: IGrantable, bucket: Bucket, prefix: string): void {
  Grant.addToPrincipal({
    grantee,
    actions: ['s3:GetObject'],
    resourceArns: [bucket.arnForObjects(`${prefix}*`)],
  });
  // without it S3 answers 403 for an object that does not exist, which reads as a missing grant
  Grant.addToPrincipal({ grantee, actions: ['s3:ListBucket'], resourceArns: [bucket.bucketArn] });
  bucket.encryptionKey?.grant(grantee, 'kms:Decrypt');
}

/** Lets Lambda, by the role of `grantee`, leave there what the function was given in vain. */
export function allowFailedRecords(grantee: IGrantable, failed: Bucket): void {
  // https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
  Grant.addToPrincipal({
    grantee,
    actions: ['s3:PutObject'],
    resourceArns: [failed.arnForObjects('aws/lambda/*')],
  });
  Grant.addToPrincipal({ grantee, actions: ['s3:ListBucket'], resourceArns: [failed.bucketArn] });
  failed.encryptionKey?.grant(grantee, 'kms:GenerateDataKey');
}
