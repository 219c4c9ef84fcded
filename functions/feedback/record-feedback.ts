import { KinesisClient } from '@aws-sdk/client-kinesis';
import middy from '@middy/core';
import { kinesisEventsStream } from '#functions/adapters/kinesis/events-stream.ts';
import { readEnv } from '#functions/runtime/env.ts';
import { count, telemetry } from '#functions/runtime/telemetry.ts';
import { FeedbackEnv } from './env.ts';
import { SesEvent } from './ses-event.ts';
import { streamRecordOf } from './stream-record-of.ts';

const env = readEnv(FeedbackEnv);
const stream = kinesisEventsStream(new KinesisClient(), env.EVENTS_STREAM);

export const handler = middy()
  .use(telemetry('feedback'))
  .handler(async (event: unknown): Promise<void> => {
    const outcome = streamRecordOf(SesEvent.parse(event));
    if (outcome.kind !== 'ok') {
      count(`FeedbackDropped${outcome.reason}`);
      return;
    }
    await stream.put([outcome.value]);
    count('FeedbackRecorded');
  });
