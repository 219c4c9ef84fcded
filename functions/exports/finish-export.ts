import { S3Client } from '@aws-sdk/client-s3';
import middy from '@middy/core';
import { s3RunFiles } from '#functions/adapters/s3/run-files.ts';
import { readEnv } from '#functions/runtime/env.ts';
import { task } from '#functions/runtime/task.ts';
import { telemetry } from '#functions/runtime/telemetry.ts';
import { ExportsEnv } from './env.ts';
import { finishExport, WrittenExport } from './run-export.ts';

const env = readEnv(ExportsEnv);
const ports = { files: s3RunFiles({ client: new S3Client(), bucket: env.EXPORTS_BUCKET }), now: Date.now };

export const handler = middy(task({ schema: WrittenExport, handle: (run) => finishExport(run, ports) })).use(
  telemetry('exports'),
);
