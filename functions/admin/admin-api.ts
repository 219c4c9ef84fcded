import { randomBytes } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { S3Client } from '@aws-sdk/client-s3';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SFNClient } from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { readEnv } from '#functions/runtime/env.ts';
import { httpHandler } from '#functions/runtime/http.ts';
import { awsPorts } from './aws-ports.ts';
import { AdminEnv } from './env.ts';
import { ADMIN_ROUTES } from './routes.ts';
import { serveRoutes } from './serve.ts';

const ports = awsPorts(readEnv(AdminEnv), {
  documents: DynamoDBDocumentClient.from(new DynamoDBClient()),
  s3: new S3Client(),
  signer: new S3Client({ requestChecksumCalculation: 'WHEN_REQUIRED' }),
  kinesis: new KinesisClient(),
  scheduler: new SchedulerClient(),
  states: new SFNClient(),
  now: Date.now,
  randomText: () => randomBytes(4).toString('hex'),
});

export const handler = httpHandler({
  capability: 'admin',
  maxBodyBytes: 1_000_000,
  routes: serveRoutes(ADMIN_ROUTES, ports),
});
