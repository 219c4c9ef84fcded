import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import middy from '@middy/core';
import { dynamoAudience } from '#functions/adapters/dynamodb/audience-snapshot.ts';
import { dynamoLifecycle } from '#functions/adapters/dynamodb/counted-definitions.ts';
import { dynamoDefinitions } from '#functions/adapters/dynamodb/definitions.ts';
import { readCatalog } from '#functions/adapters/dynamodb/read-catalog.ts';
import { s3RunFiles } from '#functions/adapters/s3/run-files.ts';
import { readEnv } from '#functions/runtime/env.ts';
import { task } from '#functions/runtime/task.ts';
import { telemetry } from '#functions/runtime/telemetry.ts';
import { Export } from '#shared/exports/export.ts';
import { Segment } from '#shared/segments/segment.ts';
import { ExportsEnv } from './env.ts';
import { ExportRun, planExport } from './run-export.ts';

const env = readEnv(ExportsEnv);
const client = DynamoDBDocumentClient.from(new DynamoDBClient());
const catalog = { client, tableName: env.CATALOG_TABLE };
const ports = {
  exports: dynamoDefinitions({ ...catalog, kind: 'export', schema: Export }),
  segments: dynamoDefinitions({ ...catalog, kind: 'segment', schema: Segment }),
  lifecycle: dynamoLifecycle(catalog),
  catalog: () => readCatalog(catalog),
  audience: dynamoAudience({ client, tableName: env.AUDIENCES_TABLE }),
  files: s3RunFiles({ client: new S3Client(), bucket: env.EXPORTS_BUCKET }),
  now: Date.now,
};

export const handler = middy(task({ schema: ExportRun, handle: (run) => planExport(run, ports) })).use(
  telemetry('exports'),
);
