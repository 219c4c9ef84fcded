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
import { Segment } from '#shared/segments/segment.ts';
import { Campaign } from '#shared/sending/campaign.ts';
import { SendingEnv } from './env.ts';
import { CampaignRun, planCampaign } from './run-campaign.ts';

const env = readEnv(SendingEnv);
const client = DynamoDBDocumentClient.from(new DynamoDBClient());
const catalog = { client, tableName: env.CATALOG_TABLE };
const ports = {
  campaigns: dynamoDefinitions({ ...catalog, kind: 'campaign', schema: Campaign }),
  segments: dynamoDefinitions({ ...catalog, kind: 'segment', schema: Segment }),
  lifecycle: dynamoLifecycle(catalog),
  catalog: () => readCatalog(catalog),
  audience: dynamoAudience({ client, tableName: env.AUDIENCES_TABLE }),
  files: s3RunFiles({ client: new S3Client(), bucket: env.EXPORTS_BUCKET }),
  now: Date.now,
};

export const handler = middy(task({ schema: CampaignRun, handle: (run) => planCampaign(run, ports) })).use(
  telemetry('sending'),
);
