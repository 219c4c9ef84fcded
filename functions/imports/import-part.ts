import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import middy from '@middy/core';
import { cachedSourceRules } from '#functions/adapters/dynamodb/source-rules.ts';
import { kinesisEventsStream } from '#functions/adapters/kinesis/events-stream.ts';
import { s3LargeFiles } from '#functions/adapters/s3/large-files.ts';
import { s3RunFiles } from '#functions/adapters/s3/run-files.ts';
import { readEnv } from '#functions/runtime/env.ts';
import { task } from '#functions/runtime/task.ts';
import { telemetry } from '#functions/runtime/telemetry.ts';
import { ImportPart } from '#shared/imports/planned-import.ts';
import { ImportsEnv } from './env.ts';
import { importPart } from './import-rows.ts';
import { pacedStream } from './paced-stream.ts';

/** In good time before the function's own is over. */
const PART_MS = 480_000;

const env = readEnv(ImportsEnv);
const bucket = { client: new S3Client(), bucket: env.IMPORTS_BUCKET };
const files = { ...s3RunFiles(bucket), ...s3LargeFiles(bucket) };
const events = kinesisEventsStream(new KinesisClient(), env.EVENTS_STREAM);
const rulesOf = cachedSourceRules({
  client: DynamoDBDocumentClient.from(new DynamoDBClient()),
  tableName: env.CATALOG_TABLE,
});
const clock = () => performance.now();

export const handler = middy(
  task({
    schema: ImportPart,
    handle(part) {
      const end = clock() + PART_MS;
      const isOver = () => clock() > end;
      const stream = pacedStream(events, { rate: env.ROWS_A_SECOND, clock, pause, isOver });
      return importPart(part, { files, stream, rulesOf });
    },
  }),
).use(telemetry('imports'));
