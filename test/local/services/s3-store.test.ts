import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  NoSuchBucket,
  NoSuchKey,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bucket, MEGABYTE, startS3, statusOf, type TestS3 } from '#test/support/local-s3.ts';

let dir: string;
let test: TestS3;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 's3-'));
  test = await startS3(dir);
});
afterAll(async () => {
  await test.close();
  rmSync(dir, { recursive: true });
});

describe('multipart uploads', () => {
  const Key = 'parts';
  const upload = async (parts: readonly Buffer[], complete: (n: number) => number = (n) => n) => {
    const { UploadId } = await test.client.send(
      new CreateMultipartUploadCommand({ Bucket, Key, ContentType: 'text/csv' }),
    );
    const etags = await Promise.all(
      parts.map(async (Body, n) => {
        const PartNumber = n + 1;
        const { ETag } = await test.client.send(
          new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }),
        );
        return { ETag, PartNumber: complete(PartNumber) };
      }),
    );
    return test.client.send(
      new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts: etags } }),
    );
  };

  it('make one object of their parts, however these arrive', async () => {
    const parts = [randomBytes(6 * MEGABYTE), randomBytes(5 * MEGABYTE), randomBytes(10)];

    const { ETag } = await upload(parts);

    expect(ETag).toMatch(/^"[0-9a-f]{32}-3"$/);
    expect((await test.read(Key)).equals(Buffer.concat(parts))).toBe(true);
    const head = await test.client.send(new HeadObjectCommand({ Bucket, Key }));
    expect(head).toMatchObject({ ContentType: 'text/csv', ETag, ContentLength: 11 * MEGABYTE + 10 });
  });

  it('refuse parts that are not there or too small', async () => {
    await expect(upload([Buffer.from('a')], () => 7)).rejects.toMatchObject({ name: 'InvalidPart' });
    await expect(upload([Buffer.from('a'), Buffer.from('b')])).rejects.toMatchObject({
      name: 'EntityTooSmall',
    });
  });

  it('leave nothing when they are given up', async () => {
    const { UploadId } = await test.client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'aborted' }));
    const part = { Bucket, Key: 'aborted', UploadId, PartNumber: 1, Body: 'x' };
    await test.client.send(new UploadPartCommand(part));

    await test.client.send(new AbortMultipartUploadCommand({ Bucket, Key: 'aborted', UploadId }));

    await expect(test.client.send(new UploadPartCommand(part))).rejects.toMatchObject({
      name: 'NoSuchUpload',
    });
    await expect(test.read('aborted')).rejects.toThrow(NoSuchKey);
  });
});

describe('buckets', () => {
  it('are those of the stack', async () => {
    const { Buckets } = await test.client.send(new ListBucketsCommand({}));

    expect(Buckets?.map(({ Name }) => Name)).toEqual([Bucket]);
    expect(await statusOf(test.client.send(new HeadBucketCommand({ Bucket })))).toBe(200);
    expect(await statusOf(test.client.send(new HeadBucketCommand({ Bucket: 'other' })))).toBe(404);
    await expect(
      test.client.send(new PutObjectCommand({ Bucket: 'other', Key: 'k', Body: 'x' })),
    ).rejects.toThrow(NoSuchBucket);
  });

  it('keep what is in them over a restart', async () => {
    await test.put('kept', 'x', { Metadata: { a: 'b' } });
    const { UploadId } = await test.client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'later' }));
    const { ETag } = await test.client.send(
      new UploadPartCommand({ Bucket, Key: 'later', UploadId, PartNumber: 1, Body: 'y' }),
    );

    await test.close();
    test = await startS3(dir);

    await test.client.send(
      new CompleteMultipartUploadCommand({
        Bucket,
        Key: 'later',
        UploadId,
        MultipartUpload: { Parts: [{ ETag, PartNumber: 1 }] },
      }),
    );
    expect(String(await test.read('later'))).toBe('y');
    expect((await test.client.send(new HeadObjectCommand({ Bucket, Key: 'kept' }))).Metadata).toEqual({
      a: 'b',
    });
  });
});
