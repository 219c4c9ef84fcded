import { randomUUID } from 'node:crypto';
import { DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { s3FailedRecords } from '#functions/adapters/s3/failed-records.ts';
import { s3Quarantine } from '#functions/adapters/s3/quarantine.ts';
import { quarantineKey } from '#functions/adapters/s3/quarantine-key.ts';
import { s3QuarantineStore } from '#functions/adapters/s3/quarantine-store.ts';
import { describeFailedBatch } from '#local/lambda/failed-batch.ts';
import { StreamMappingProperties } from '#local/lambda/mapping-properties.ts';
import { quarantineContract } from '#test/contract/quarantine-store.ts';
import { startS3, type TestS3 } from '#test/support/s3.ts';

let s3: TestS3;
beforeAll(async () => {
  s3 = await startS3();
});
afterAll(() => s3.close());

quarantineContract('S3', async () => {
  const { Contents = [] } = await s3.client.send(new ListObjectsV2Command({ Bucket: s3.bucket }));
  for (const { Key } of Contents) await s3.client.send(new DeleteObjectCommand({ Bucket: s3.bucket, Key }));
  return { ...s3Quarantine(s3.client, s3.bucket), ...s3QuarantineStore(s3.client, s3.bucket) };
});

describe('s3QuarantineStore', () => {
  it('gives a line that is no entry as one, so that it can be seen and the others redriven', async () => {
    const store = s3QuarantineStore(s3.client, s3.bucket);
    const receivedAt = Date.parse('2026-11-22T12:00:00Z');
    const Key = quarantineKey({ source: 'web', id: 'mended', receivedAt });
    const good = { n: 0, source: 'web', reason: 'bad_timestamp', receivedAt, event: 1 };
    const Body = `${JSON.stringify(good)}\n{"n":1,\n{"n":2}\n`;
    await s3.client.send(new PutObjectCommand({ Bucket: s3.bucket, Key, Body }));

    expect(await store.read(Key)).toEqual([
      good,
      { n: 1, source: 'web', receivedAt, reason: 'bad_entry', event: '{"n":1,' },
      { n: 2, source: 'web', receivedAt, reason: 'bad_entry', event: '{"n":2}' },
    ]);
  });
});

describe('s3FailedRecords', () => {
  const properties = StreamMappingProperties.parse({
    EventSourceArn: 'arn:aws:kinesis:eu-west-1:1:stream/events',
    FunctionName: 'f',
    StartingPosition: 'TRIM_HORIZON',
    DestinationConfig: { OnFailure: { Destination: 'arn:aws:s3:::failed' } },
  });

  /** As the local Lambda leaves it, which follows AWS's description. */
  async function leave(name: string, event: unknown) {
    const batch = describeFailedBatch(
      {
        kind: 'discard',
        records: [
          {
            sequenceNumber: '7',
            arrivedAtMs: 5_000,
            event,
            key: 'k',
            bytes: 1,
            matches: () => true,
            spurious: false,
          },
        ],
        condition: 'RecordAgeExceeded',
        invocations: 3,
        functionError: false,
      },
      {
        mapping: {
          id: randomUUID(),
          functionArn: 'arn:f',
          roleArn: 'arn:r',
          caller: { kind: 'operator' },
          properties,
        },
        shardId: 'shardId-000000000000',
        batchInfo: { name, time: (ms) => new Date(ms).toISOString() },
        nowMs: 9_000,
      },
    );
    if (batch === undefined) throw new TypeError('no batch');
    await s3.client.send(new PutObjectCommand({ Bucket: s3.bucket, Key: batch.key, Body: batch.body }));
    return batch.key;
  }

  it('reads the records of a batch that was given up, lists it, and takes it away', async () => {
    const failed = s3FailedRecords(s3.client, s3.bucket);
    const key = await leave('KinesisBatchInfo', {
      kinesis: {
        partitionKey: 'userId#u',
        sequenceNumber: '7',
        data: Buffer.from('{"é":1}').toString('base64'),
        approximateArrivalTimestamp: 5.25,
      },
    });

    expect(await failed.read(key)).toEqual([
      { partitionKey: 'userId#u', sequenceNumber: '7', data: Buffer.from('{"é":1}'), arrivedAt: 5_250 },
    ]);
    expect(await failed.list({ limit: 10 })).toMatchObject({ objects: [{ key }], next: undefined });
    await failed.remove(key);
    expect(await failed.read(key)).toBeUndefined();
    expect(await failed.list({ limit: 10 })).toEqual({ objects: [], next: undefined });
  });

  it.each([
    ['no JSON', '{"KinesisBatchInfo":'],
    ['no batch', '[]'],
    ['a batch without its records', '{"KinesisBatchInfo":{},"payload":"{}"}'],
  ])('reads nothing of %s', async (_, Body) => {
    const Key = 'aws/lambda/rubbish';
    await s3.client.send(new PutObjectCommand({ Bucket: s3.bucket, Key, Body }));

    expect(await s3FailedRecords(s3.client, s3.bucket).read(Key)).toBeUndefined();
  });

  it('reads no batch of another stream', async () => {
    const key = await leave('DDBStreamBatchInfo', { dynamodb: {} });

    expect(await s3FailedRecords(s3.client, s3.bucket).read(key)).toBeUndefined();
  });
});
