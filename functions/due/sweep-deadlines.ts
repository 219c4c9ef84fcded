import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import middy from '@middy/core';
import { dynamoDueIndex } from '#functions/adapters/dynamodb/due-index.ts';
import { dynamoSweepPlaces } from '#functions/adapters/dynamodb/sweep-places.ts';
import { kinesisEventsStream } from '#functions/adapters/kinesis/events-stream.ts';
import { readEnv } from '#functions/runtime/env.ts';
import { logger, telemetry } from '#functions/runtime/telemetry.ts';
import { DueEnv } from './env.ts';
import { pacer } from './pace.ts';
import { sweep } from './sweep.ts';

/** In good time before the next run begins. */
const RUN_MS = 45_000;

const env = readEnv(DueEnv);
const client = DynamoDBDocumentClient.from(new DynamoDBClient());
const ports = {
  due: dynamoDueIndex({ client, tableName: env.PEOPLE_TABLE }),
  places: dynamoSweepPlaces({ client, tableName: env.CATALOG_TABLE }),
  stream: kinesisEventsStream(new KinesisClient(), env.EVENTS_STREAM),
  now: Date.now,
};

export const handler = middy()
  .use(telemetry('due'))
  .handler(async (): Promise<void> => {
    const clock = () => performance.now();
    const end = clock() + RUN_MS;
    const pace = pacer({ rate: env.PEOPLE_A_SECOND, clock, pause });
    const people = await sweep({ ...ports, pace, isOver: () => clock() > end });
    if (people > 0) logger.info('people are due', { people });
  });
