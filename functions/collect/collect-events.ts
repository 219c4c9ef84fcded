import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { dynamoQualityCounts } from '#functions/adapters/dynamodb/quality-counts.ts';
import { cachedSourceRules } from '#functions/adapters/dynamodb/source-rules.ts';
import { cachedSourceByWriteKey } from '#functions/adapters/dynamodb/sources.ts';
import { kinesisEventsStream } from '#functions/adapters/kinesis/events-stream.ts';
import { s3Quarantine } from '#functions/adapters/s3/quarantine.ts';
import { readEnv } from '#functions/runtime/env.ts';
import { collectHandler } from './collect-handler.ts';
import { CollectEnv } from './env.ts';

const env = readEnv(CollectEnv);
const client = DynamoDBDocumentClient.from(new DynamoDBClient());

export const handler = collectHandler({
  sourceOf: cachedSourceByWriteKey({ client, tableName: env.CATALOG_TABLE }),
  rulesOf: cachedSourceRules(),
  stream: kinesisEventsStream(new KinesisClient(), env.EVENTS_STREAM),
  quarantine: s3Quarantine(new S3Client(), env.QUARANTINE_BUCKET),
  counts: dynamoQualityCounts({ client, tableName: env.QUALITY_TABLE }),
});
