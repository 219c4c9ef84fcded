import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { cachedSourceRules } from '#functions/adapters/dynamodb/source-rules.ts';
import { cachedSourceByWriteKey } from '#functions/adapters/dynamodb/sources.ts';
import { kinesisEventsStream } from '#functions/adapters/kinesis/events-stream.ts';
import { s3Quarantine } from '#functions/adapters/s3/quarantine.ts';
import { readEnv } from '#functions/runtime/env.ts';
import { type HttpRequest, httpHandler } from '#functions/runtime/http.ts';
import { EventType } from '#shared/events/event.ts';
import { LIMITS } from '#shared/events/limits.ts';
import { collectRequest } from './collect-request.ts';
import { CollectEnv } from './env.ts';

const env = readEnv(CollectEnv);
const client = DynamoDBDocumentClient.from(new DynamoDBClient());

const ports = {
  sourceOf: cachedSourceByWriteKey({ client, tableName: env.CATALOG_TABLE }),
  rulesOf: cachedSourceRules(),
  stream: kinesisEventsStream(new KinesisClient(), env.EVENTS_STREAM),
  quarantine: s3Quarantine(new S3Client(), env.QUARANTINE_BUCKET),
};

export const handler = httpHandler({
  capability: 'collect',
  maxBodyBytes: LIMITS.bodyBytes,
  routes: [
    { method: 'POST', path: '/v1/batch', handle: (request) => collectRequest(request, { ports }) },
    ...EventType.options.map((type) => ({
      method: 'POST' as const,
      path: `/v1/${type}`,
      handle: (request: HttpRequest) => collectRequest(request, { type, ports }),
    })),
  ],
});
