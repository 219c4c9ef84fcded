import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { dynamoQualityCounts } from '#functions/adapters/dynamodb/quality-counts.ts';
import { cachedSourceRules } from '#functions/adapters/dynamodb/source-rules.ts';
import { cachedSourceByWriteKey } from '#functions/adapters/dynamodb/sources.ts';
import { kinesisEventsStream } from '#functions/adapters/kinesis/events-stream.ts';
import { lazyQuarantine } from '#functions/adapters/s3/lazy-quarantine.ts';
import { readEnv } from '#functions/runtime/env.ts';
import { PATIENCE, STREAM_PATIENCE } from '#functions/runtime/patience.ts';
import { collectHandler } from './collect-handler.ts';
import { CollectEnv } from './env.ts';

const env = readEnv(CollectEnv);
const client = DynamoDBDocumentClient.from(new DynamoDBClient({ requestHandler: PATIENCE }));

const catalog = { client, tableName: env.CATALOG_TABLE };

export const handler = collectHandler({
  sourceOf: cachedSourceByWriteKey(catalog),
  rulesOf: cachedSourceRules(catalog),
  stream: kinesisEventsStream(new KinesisClient({ requestHandler: STREAM_PATIENCE }), env.EVENTS_STREAM),
  quarantine: lazyQuarantine(env.QUARANTINE_BUCKET),
  counts: dynamoQualityCounts({ client, tableName: env.QUALITY_TABLE }),
});
