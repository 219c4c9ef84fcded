import { openCheckpoints } from '#local/lambda/checkpoints.ts';
import { startKinesisMapping } from '#local/lambda/kinesis-mapping.ts';
import { StreamMappingProperties } from '#local/lambda/mapping-properties.ts';
import { openKinesis } from '#local/services/kinesis.ts';
import { callOf, FUNCTION_ARN, MAPPING_ID, STREAM_ARN, textsOf } from './mapping-bench.ts';

/** Puts and delivers until it is killed, telling each put that was answered and each record that was taken. */
const dir = process.argv[2] ?? '';
const kinesis = openKinesis({ dir, streamArn: () => STREAM_ARN });
kinesis.createStream({ name: 'events', shardCount: 1, retentionHours: 24 });
const say = (line: string) => process.stdout.write(`${line}\n`);

startKinesisMapping(
  {
    id: MAPPING_ID,
    functionArn: FUNCTION_ARN,
    caller: { kind: 'operator' },
    roleArn: 'arn:aws:iam::000000000000:role/R',
    properties: StreamMappingProperties.parse({
      EventSourceArn: STREAM_ARN,
      FunctionName: 'profiles',
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 3,
    }),
  },
  {
    kinesis,
    checkpoints: openCheckpoints({ dir }),
    authorize: () => {},
    onFailure: async () => {},
    invoker: {
      async invoke(_functionArn, event) {
        for (const text of textsOf(event)) say(`taken ${text}`);
        return { ok: true, payload: null };
      },
    },
  },
);

for (let n = 1; ; n++) {
  const Records = [0, 1, 2, 3, 4].map((part) => ({
    PartitionKey: 'a',
    Data: Buffer.from(`a=${n}.${part}`).toString('base64'),
  }));
  await kinesis.service(callOf('PutRecords', { StreamName: 'events', Records }));
  say(`put ${n}`);
  await new Promise((resolve) => setTimeout(resolve, 1));
}
