import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import middy from '@middy/core';
import { readEnv } from '#functions/runtime/env.ts';
import { kinesisBatch } from '#functions/runtime/kinesis-batch.ts';
import { telemetry } from '#functions/runtime/telemetry.ts';
import { applyKey } from './apply-key.ts';
import { awsPorts } from './aws-ports.ts';
import { ProfilesEnv } from './env.ts';

const documents = DynamoDBDocumentClient.from(new DynamoDBClient(), {
  marshallOptions: { removeUndefinedValues: true },
});
const ports = awsPorts(readEnv(ProfilesEnv), { documents, s3: new S3Client() });

export const handler = middy(
  kinesisBatch({
    handle: (key) => applyKey(key, ports),
    settled: () => ports.counts.add(ports.tally.take()),
  }),
).use(telemetry('profiles'));
