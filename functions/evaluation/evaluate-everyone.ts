import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { readEnv } from '#functions/runtime/env.ts';
import { task } from '#functions/runtime/task.ts';
import { telemetry } from '#functions/runtime/telemetry.ts';
import { awsPorts } from './aws-ports.ts';
import { EvaluationEnv } from './env.ts';
import { EvaluationStep, takeStep } from './evaluation-step.ts';

const ports = awsPorts(readEnv(EvaluationEnv), {
  documents: DynamoDBDocumentClient.from(new DynamoDBClient()),
  s3: new S3Client(),
  events: new EventBridgeClient(),
  now: Date.now,
});

export const handler = middy(async (input: unknown, context: Context) => {
  const remainingMs = () => context.getRemainingTimeInMillis();
  return task({ schema: EvaluationStep, handle: (step) => takeStep(step, { ...ports, remainingMs }) })(input);
}).use(telemetry('evaluation'));
