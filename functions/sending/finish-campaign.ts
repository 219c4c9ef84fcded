import { S3Client } from '@aws-sdk/client-s3';
import middy from '@middy/core';
import { s3RunFiles } from '#functions/adapters/s3/run-files.ts';
import { readEnv } from '#functions/runtime/env.ts';
import { task } from '#functions/runtime/task.ts';
import { telemetry } from '#functions/runtime/telemetry.ts';
import { SendingEnv } from './env.ts';
import { finishCampaign, SentCampaign } from './run-campaign.ts';

const env = readEnv(SendingEnv);
const ports = { files: s3RunFiles({ client: new S3Client(), bucket: env.EXPORTS_BUCKET }), now: Date.now };

export const handler = middy(task({ schema: SentCampaign, handle: (run) => finishCampaign(run, ports) })).use(
  telemetry('sending'),
);
