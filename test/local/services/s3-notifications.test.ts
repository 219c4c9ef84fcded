import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openS3, type S3 } from '#local/services/s3.ts';
import type { S3Event } from '#local/services/s3-notifications.ts';
import { startTestGate, type TestGate } from '#test/support/gate.ts';

const told = { Bucket: 'imports', Key: 'imports/shop/a b+ü.csv' };
const quiet = { ...told, Bucket: 'exports' };
const cors = [
  { AllowedOrigins: ['*'], AllowedMethods: ['PUT'], AllowedHeaders: ['content-type'], ExposedHeaders: [] },
];

let dir: string;
let events: S3Event[];
let s3: S3;
let gate: TestGate;
let client: S3Client;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 's3-'));
  events = [];
  s3 = openS3({ dir, account: '123456789012', publish: (event) => events.push(event) });
  s3.createBucket('imports', { notifies: true, cors });
  s3.createBucket('exports');
  gate = await startTestGate({ services: { s3: s3.service }, cors: s3.cors });
  client = new S3Client(gate.asOperator());
});
afterEach(async () => {
  client.destroy();
  await gate.close();
  s3.close();
  rmSync(dir, { recursive: true });
});

it('tells of an object that was put, as AWS documents it', async () => {
  await client.send(new PutObjectCommand({ ...told, Body: 'hello\n' }));

  expect(events).toEqual([
    {
      source: 'aws.s3',
      detailType: 'Object Created',
      resources: ['arn:aws:s3:::imports'],
      detail: {
        version: '0',
        bucket: { name: 'imports' },
        object: {
          key: told.Key,
          size: 6,
          etag: 'b1946ac92492d2347c6235b4d2611184',
          sequencer: expect.stringMatching(/^[0-9A-F]{16,}$/),
        },
        'request-id': expect.stringMatching(/^[0-9A-F]{16}$/),
        requester: '123456789012',
        'source-ip-address': '127.0.0.1',
        reason: 'PutObject',
      },
    },
  ]);
});

it('tells of an upload in parts once, when it is complete', async () => {
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(told));
  const { ETag } = await client.send(
    new UploadPartCommand({ ...told, UploadId, PartNumber: 1, Body: 'hello\n' }),
  );
  expect(events).toEqual([]);

  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] };
  await client.send(new CompleteMultipartUploadCommand({ ...told, UploadId, MultipartUpload }));

  expect(events).toMatchObject([
    {
      detail: {
        object: { key: told.Key, size: 6, etag: expect.stringMatching(/^\w{32}-1$/) },
        reason: 'CompleteMultipartUpload',
      },
    },
  ]);
});

it('tells of each write of a key in an order that its sequencers have', async () => {
  for (const Body of ['1', '2', '3']) await client.send(new PutObjectCommand({ ...told, Body }));

  const sequencers = events.map((event) => Reflect.get(Reflect.get(event.detail, 'object'), 'sequencer'));
  expect(sequencers.toSorted()).toEqual(sequencers);
  expect(new Set(sequencers).size).toBe(3);
});

it('tells nothing of another bucket, and nothing of a write that was refused', async () => {
  await client.send(new PutObjectCommand({ ...quiet, Body: 'x' }));
  await client.send(new PutObjectCommand({ ...told, Body: 'x' }));
  const again = client.send(new PutObjectCommand({ ...told, Body: 'y', IfNoneMatch: '*' }));

  await expect(again).rejects.toThrow();
  expect(events).toHaveLength(1);
});

it('answers a browser that asks leave, which signs nothing', async () => {
  const ask = (bucket: string) =>
    fetch(`${gate.url}/${bucket}/a?X-Amz-Signature=0`, {
      method: 'OPTIONS',
      headers: { origin: 'https://crm.example.com', 'access-control-request-method': 'PUT' },
    });

  const [allowed, refused] = await Promise.all([ask('imports'), ask('exports')]);

  expect(allowed.status).toBe(200);
  expect(allowed.headers.get('access-control-allow-origin')).toBe('*');
  expect(refused.status).toBe(403);
  expect(await refused.text()).toContain('This CORS request is not allowed');
});

it('lets a page read an answer, a refusal too', async () => {
  const response = await fetch(`${gate.url}/imports/a`, {
    method: 'PUT',
    headers: { origin: 'https://crm.example.com' },
    body: 'x',
  });

  expect(response.status).toBe(403);
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
});
