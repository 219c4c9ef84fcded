import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import middy from '@middy/core';
import { dynamoDefinitions } from '#functions/adapters/dynamodb/definitions.ts';
import { s3LargeFiles } from '#functions/adapters/s3/large-files.ts';
import { s3RunFiles } from '#functions/adapters/s3/run-files.ts';
import { readEnv } from '#functions/runtime/env.ts';
import { task } from '#functions/runtime/task.ts';
import { telemetry } from '#functions/runtime/telemetry.ts';
import { Import } from '#shared/imports/import.ts';
import { Source } from '#shared/sources/source.ts';
import { ImportsEnv } from './env.ts';
import { ImportRun, planImport } from './run-import.ts';

const env = readEnv(ImportsEnv);
const catalog = {
  client: DynamoDBDocumentClient.from(new DynamoDBClient()),
  tableName: env.CATALOG_TABLE,
};
const bucket = { client: new S3Client(), bucket: env.IMPORTS_BUCKET };
const ports = {
  imports: dynamoDefinitions({ ...catalog, kind: 'import', schema: Import }),
  sources: dynamoDefinitions({ ...catalog, kind: 'source', schema: Source }),
  files: { ...s3RunFiles(bucket), ...s3LargeFiles(bucket) },
  now: Date.now,
};

export const handler = middy(task({ schema: ImportRun, handle: (run) => planImport(run, ports) })).use(
  telemetry('imports'),
);
