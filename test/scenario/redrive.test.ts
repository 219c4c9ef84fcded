import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
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
