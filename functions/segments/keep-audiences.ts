import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import middy from '@middy/core';
import { dynamoAudienceRows } from '#functions/adapters/dynamodb/audience-rows.ts';
import { eventBridgeAnnouncer } from '#functions/adapters/eventbridge/announcer.ts';
import { dynamodbStream } from '#functions/runtime/dynamodb-stream.ts';
import { readEnv } from '#functions/runtime/env.ts';
import { telemetry } from '#functions/runtime/telemetry.ts';
import { SegmentsEnv } from './env.ts';
import { followTransitions, TransitionWrite } from './follow-transitions.ts';

const env = readEnv(SegmentsEnv);
const client = DynamoDBDocumentClient.from(new DynamoDBClient());
const rows = dynamoAudienceRows({ client, tableName: env.AUDIENCES_TABLE });
const announcer = eventBridgeAnnouncer({ client: new EventBridgeClient(), busName: env.EVENT_BUS_NAME });

export const handler = middy(
  dynamodbStream({
    orderedBy: 'pid',
    handle: ({ newImage }) => followTransitions(TransitionWrite.parse(newImage), { rows, announcer }),
  }),
).use(telemetry('segments'));
