import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
} from '@aws-sdk/client-kinesis';
import { GetObjectCommand, ListBucketsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import * as z from 'zod';
import { post } from '#test/support/collect.ts';
import { untilConsumed } from '#test/support/consumed.ts';
import { documentedAdmin } from '#test/support/documented-admin.ts';
import { type StackProcess, startFreshStack } from '#test/support/stack-process.ts';
import { clientConfig, storedPeople } from '#test/support/stored-people.ts';

let stack: StackProcess;
let s3: S3Client;
beforeAll(async () => {
  stack = await startFreshStack(inject('assembly'));
  s3 = new S3Client(clientConfig(stack));
});
afterAll(async () => {
  s3?.destroy();
  await stack?.stop();
});

const Listed = z.object({ items: z.array(z.looseObject({ key: z.string() })) });

it('lists what was refused, and takes it in once when it was mended, however often it is asked to', async () => {
  const call = documentedAdmin(stack);
  const Bucket = stack.outputs.QuarantineBucket;
  const from = new Date(Date.now() - 3_600_000).toISOString();
  const bad = { userId: 'ada', messageId: 'm1', event: 'Order', timestamp: 'yesterday' };
  expect((await post(stack, '/v1/track', bad)).status).toBe(200);
  await post(stack, '/v1/track', { userId: 'bob', messageId: 'm2' });

  const list = async () =>
    Listed.parse((await call({ method: 'GET', path: '/v1/quarantine', query: `?from=${from}` })).body).items;
  const redrive = async (body: object) =>
    (await call({ method: 'POST', path: '/v1/quarantine/redrive', body })).body;

  expect((await list()).map(({ reasons }) => reasons).sort()).toEqual(
    expect.arrayContaining([{ bad_timestamp: 1 }, { no_event_name: 1 }]),
  );
  expect(await redrive({ from })).toEqual({ redriven: 0, left: { bad_timestamp: 1, no_event_name: 1 } });

  const Key = (await list()).find(({ reasons }) => JSON.stringify(reasons).includes('bad_timestamp'))?.key;
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  const mended = ((await Body?.transformToString()) ?? '').replace('yesterday', '2026-11-01T10:00:00Z');
  for (const again of [1, 2]) {
    await s3.send(new PutObjectCommand({ Bucket, Key, Body: mended }));
    expect(await redrive({ key: Key }), `time ${again}`).toEqual({ redriven: 1, left: {} });
    await untilConsumed(stack);
  }

  expect((await list()).map(({ reasons }) => reasons)).toEqual([{ no_event_name: 1 }]);
  const [ada] = await storedPeople(stack);
  expect(ada?.activity.events).toMatchObject({
    Order: { count: 1, first: Date.parse('2026-11-01T10:00:00Z') },
  });
  expect((await call({ method: 'GET', path: '/v1/quarantine/failed' })).body).toEqual({ items: [] });
});

it('takes in once what a mapping gave up whole, whether it had been applied or not, and counts it', async () => {
  const call = documentedAdmin(stack);
  const event = { userId: 'cy', event: 'Order', timestamp: '2026-11-01T10:00:00Z' };
  await post(stack, '/v1/track', { ...event, messageId: 'applied' });
  await untilConsumed(stack);
  const counted = async () => {
    const { body } = await call({ method: 'GET', path: '/v1/quality' });
    return z.object({ totals: z.object({ accepted: z.int(), redriven: z.int() }) }).parse(body).totals;
  };
  const before = await counted();

  const { Buckets = [] } = await s3.send(new ListBucketsCommand({}));
  const Bucket = Buckets.find(({ Name }) => Name?.includes('failed'))?.Name;
  const record = await appliedRecord();
  const lost = { ...record, data: record.data.replace('"applied"', '"lost"') };
  const Body = givenUp([record, lost, { ...record, data: 'no record of ours' }]);
  await s3.send(new PutObjectCommand({ Bucket, Key: 'aws/lambda/mapping/shard/2026/11/01/batch', Body }));
  await s3.send(new PutObjectCommand({ Bucket, Key: 'aws/lambda/rubbish', Body: '{' }));
  expect((await call({ method: 'GET', path: '/v1/quarantine/failed' })).body).toMatchObject({
    items: [{ key: 'aws/lambda/mapping/shard/2026/11/01/batch' }, { key: 'aws/lambda/rubbish' }],
  });

  const redrive = { method: 'POST' as const, path: '/v1/quarantine/redrive', body: { failed: true } };
  expect((await call(redrive)).body).toEqual({ redriven: 2, left: {} });
  await untilConsumed(stack);
  expect((await call(redrive)).body).toEqual({ redriven: 0, left: {} });

  const people = await storedPeople(stack);
  const cy = people.find(({ profile }) => Object.hasOwn(profile.identifiers, 'userId#cy'));
  expect(cy?.activity.events).toMatchObject({ Order: { count: 2 } });
  expect(await counted()).toEqual({ ...before, accepted: before.accepted + 1 });
  const kept = await call({
    method: 'GET',
    path: '/v1/quarantine',
    query: '?reason=bad_record&source=stream',
  });
  expect(kept.body).toMatchObject({ items: [{ reasons: { bad_record: 1 } }] });
  expect((await call({ method: 'GET', path: '/v1/quarantine/failed' })).body).toMatchObject({
    items: [{ key: 'aws/lambda/rubbish' }],
  });
});

interface Given {
  readonly partitionKey: string;
  readonly sequenceNumber: string;
  readonly data: string;
}

/** The record of the stream that says what was applied. */
async function appliedRecord(): Promise<Given> {
  const kinesis = new KinesisClient(clientConfig(stack));
  const stream = { StreamName: stack.outputs.EventsStream };
  const found: Given[] = [];
  const { Shards = [] } = await kinesis.send(new ListShardsCommand(stream));
  for (const { ShardId } of Shards) {
    const begin = { ...stream, ShardId, ShardIteratorType: 'TRIM_HORIZON' } as const;
    const { ShardIterator } = await kinesis.send(new GetShardIteratorCommand(begin));
    const { Records = [] } = await kinesis.send(new GetRecordsCommand({ ShardIterator }));
    for (const { PartitionKey: partitionKey = '', SequenceNumber: sequenceNumber = '', Data } of Records)
      found.push({ partitionKey, sequenceNumber, data: Buffer.from(Data ?? []).toString() });
  }
  kinesis.destroy();
  const last = found.find(({ data }) => data.includes('"applied"'));
  if (last === undefined) throw new TypeError('nothing is on the stream');
  return last;
}

/** As Lambda leaves it: https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html */
const givenUp = (records: readonly Given[]): string =>
  JSON.stringify({
    requestContext: { condition: 'RecordAgeExceeded', approximateInvokeCount: 9 },
    version: '1.0',
    KinesisBatchInfo: { batchSize: records.length },
    payload: JSON.stringify({
      Records: records.map(({ data, ...record }) => ({
        eventSource: 'aws:kinesis',
        kinesis: {
          ...record,
          data: Buffer.from(data).toString('base64'),
          approximateArrivalTimestamp: Date.now() / 1000,
        },
      })),
    }),
  });
