import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KinesisStreamEvent } from 'aws-lambda';
import * as z from 'zod';
import type { AwsService } from '#local/gate/aws-call.ts';
import { type Checkpoints, openCheckpoints } from '#local/lambda/checkpoints.ts';
import type { FailedBatch } from '#local/lambda/failed-batch.ts';
import type { InvokeResult } from '#local/lambda/invoker.ts';
import { type KinesisMapping, startKinesisMapping } from '#local/lambda/kinesis-mapping.ts';
import { StreamMappingProperties } from '#local/lambda/mapping-properties.ts';
import type { MappingDependencies, RunningMapping } from '#local/lambda/stream-mapping.ts';
import { type Kinesis, openKinesis } from '#local/services/kinesis.ts';

export const STREAM_ARN = 'arn:aws:kinesis:eu-west-1:000000000000:stream/events';
export const FUNCTION_ARN = 'arn:aws:lambda:eu-west-1:000000000000:function:profiles';
export const MAPPING_ID = '11111111-2222-4333-8444-555555555555';

const Event = z.custom<KinesisStreamEvent>((value) => typeof value === 'object' && value !== null);
const PutAnswer = z.object({ SequenceNumber: z.string() });

/** A record as the tests speak of it: `key=value`. */
export const textsOf = (event: unknown): string[] =>
  Event.parse(event).Records.map(({ kinesis }) => Buffer.from(kinesis.data, 'base64').toString('utf8'));
export const sequencesOf = (event: unknown): string[] =>
  Event.parse(event).Records.map(({ kinesis }) => kinesis.sequenceNumber);

type Handler = (event: unknown) => InvokeResult | Promise<InvokeResult>;
export const finished: InvokeResult = { ok: true, payload: null };
export const threw: InvokeResult = { ok: false, errorType: 'Error', errorMessage: 'no' };
export const failedFrom = (itemIdentifier: string | undefined): InvokeResult => ({
  ok: true,
  payload: { batchItemFailures: [{ itemIdentifier }] },
});

/** A stream, its mapping and a function made of a callback; everything it saw, in order. */
export function openBench(shardCount = 1) {
  const dir = mkdtempSync(join(tmpdir(), 'mapping-'));
  const streamArn = () => STREAM_ARN;
  const events: unknown[] = [];
  const failed: FailedBatch[] = [];
  const log: string[] = [];
  let mapping: RunningMapping | undefined;
  const bench = {
    dir,
    events,
    failed,
    log,
    kinesis: openKinesis({ dir, streamArn }),
    checkpoints: openCheckpoints({ dir }),

    async start(properties: object, handler: Handler = () => finished) {
      const described: KinesisMapping = {
        id: MAPPING_ID,
        functionArn: FUNCTION_ARN,
        caller: { kind: 'role', roleId: 'ProfilesRole', name: 'profiles' },
        roleArn: 'arn:aws:iam::000000000000:role/ProfilesRole',
        properties: StreamMappingProperties.parse({
          EventSourceArn: STREAM_ARN,
          FunctionName: 'profiles',
          StartingPosition: 'TRIM_HORIZON',
          ...properties,
        }),
      };
      mapping = startKinesisMapping(described, { kinesis: bench.kinesis, ...bench.dependencies(handler) });
      await mapping.ready;
    },
    dependencies: (handler: Handler): MappingDependencies => ({
      authorize: () => {},
      checkpoints: bench.checkpoints,
      backoffMs: () => 1,
      log: (line) => void bench.log.push(line),
      onFailure: async (batch) => void bench.failed.push(batch),
      invoker: {
        invoke: async (_functionArn, event) => {
          bench.events.push(event);
          return handler(event);
        },
      },
    }),
    async call(operation: string, input: object): Promise<unknown> {
      const reply = await bench.kinesis.service(callOf(operation, { StreamName: 'events', ...input }));
      return JSON.parse(String(reply.body));
    },
    /** Puts `key=value` texts under their keys. */
    async put(...texts: string[]): Promise<void> {
      const Records = texts.map((text) => ({
        PartitionKey: text.split('=')[0],
        Data: Buffer.from(text).toString('base64'),
      }));
      await bench.call('PutRecords', { Records });
    },
    async putOne(text: string): Promise<string> {
      const answer = await bench.call('PutRecord', {
        PartitionKey: text.split('=')[0],
        Data: Buffer.from(text).toString('base64'),
      });
      return PutAnswer.parse(answer).SequenceNumber;
    },
    texts: (): string[] => bench.events.flatMap(textsOf),
    async stop(): Promise<void> {
      await mapping?.close();
      mapping = undefined;
    },
    /** As a crash would: the mapping is left as it stands, in the middle of an invocation. */
    abandon(): void {
      mapping = undefined;
    },
    /** As after a crash and a new start: what was not written down is gone. */
    async reopen(): Promise<void> {
      await bench.stop();
      bench.kinesis.close();
      bench.checkpoints.close();
      bench.events.length = 0;
      bench.kinesis = openKinesis({ dir, streamArn });
      bench.checkpoints = openCheckpoints({ dir });
    },
    async close(): Promise<void> {
      await bench.stop();
      bench.kinesis.close();
      bench.checkpoints.close();
      rmSync(dir, { recursive: true });
    },
  } satisfies { kinesis: Kinesis; checkpoints: Checkpoints } & Record<string, unknown>;
  bench.kinesis.createStream({ name: 'events', shardCount, retentionHours: 24 });
  return bench;
}

export const callOf = (operation: string, input: unknown): Parameters<AwsService>[0] => ({
  service: 'kinesis',
  operation,
  method: 'POST',
  path: '/',
  headers: { 'content-type': 'application/x-amz-json-1.1' },
  body: Buffer.from(JSON.stringify(input)),
  caller: { kind: 'operator' },
});

/** Waits until the condition holds, for twenty seconds at most: other tests may keep the machine busy. */
export async function eventually(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 20_000; !condition() && Date.now() < end; ) {
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
