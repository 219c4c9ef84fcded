import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import middy from '@middy/core';
import { dynamoQualityCounts } from '#functions/adapters/dynamodb/quality-counts.ts';
import { s3LargeFiles } from '#functions/adapters/s3/large-files.ts';
import { s3RunFiles } from '#functions/adapters/s3/run-files.ts';
import { readEnv } from '#functions/runtime/env.ts';
import { task } from '#functions/runtime/task.ts';
import { telemetry } from '#functions/runtime/telemetry.ts';
import { ImportsEnv } from './env.ts';
import { DoneImport, finishImport } from './finish-run.ts';

const env = readEnv(ImportsEnv);
const bucket = { client: new S3Client(), bucket: env.IMPORTS_BUCKET };
const ports = {
  files: { ...s3RunFiles(bucket), ...s3LargeFiles(bucket) },
  counts: dynamoQualityCounts({
    client: DynamoDBDocumentClient.from(new DynamoDBClient()),
    tableName: env.QUALITY_TABLE,
  }),
  now: Date.now,
};

export const handler = middy(task({ schema: DoneImport, handle: (run) => finishImport(run, ports) })).use(
  telemetry('imports'),
);
