import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync, gzipSync } from 'node:zlib';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  NotFound,
  PutBucketPolicyCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
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

describe('objects', () => {
  it.each([
    ['text', Buffer.from('héllo')],
    ['nothing', Buffer.alloc(0)],
    ['gzip', gzipSync('a,b\n'.repeat(1000))],
    ['what looks like chunks', Buffer.from('5;chunk-signature=0\r\nhello\r\n0\r\n\r\n')],
    ['20 megabytes', randomBytes(20 * MEGABYTE)],
  ])('come back as they were put: %s', async (name, body) => {
    await test.put(name, body);

    expect((await test.read(name)).equals(body)).toBe(true);
  });

  it('keep what is told of them', async () => {
    const told = {
      ContentType: 'text/csv',
      ContentEncoding: 'gzip',
      ContentDisposition: 'attachment',
      CacheControl: 'no-store',
      Metadata: { rows: '12' },
    };

    const { ETag } = await test.put('told', gzipSync('a,b'), told);

    const head = await test.client.send(new HeadObjectCommand({ Bucket, Key: 'told' }));
    expect(head).toMatchObject({ ...told, ETag, ContentLength: gzipSync('a,b').length });
    expect(head.LastModified?.getTime()).toBeGreaterThan(Date.now() - 60_000);
    expect(String(gunzipSync(await test.read('told')))).toBe('a,b');
  });

  it.each(['a b/ü+&=?#%2F<.csv', '../../escape', '/leading', 'a//b'])('go by any key: %s', async (key) => {
    await test.put(key, key);

    expect(String(await test.read(key))).toBe(key);
    const { Contents } = await test.client.send(new ListObjectsV2Command({ Bucket, Prefix: key }));
    expect(Contents?.map((entry) => entry.Key)).toContain(key);
  });

  it('are replaced, deleted, and deleted again', async () => {
    await test.put('twice', 'one');
    await test.put('twice', 'two');
    expect(String(await test.read('twice'))).toBe('two');

    await test.client.send(new DeleteObjectCommand({ Bucket, Key: 'twice' }));
    await test.client.send(new DeleteObjectCommand({ Bucket, Key: 'twice' }));

    await expect(test.read('twice')).rejects.toThrow(NoSuchKey);
    await expect(test.client.send(new HeadObjectCommand({ Bucket, Key: 'twice' }))).rejects.toThrow(NotFound);
  });

  it.each([
    ['bytes=0-3', '0123', 'bytes 0-3/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=-2', '89', 'bytes 8-9/10'],
    ['bytes=8-99', '89', 'bytes 8-9/10'],
  ])('are read in part: %s', async (Range, content, ContentRange) => {
    await test.put('digits', '0123456789');

    const part = await test.client.send(new GetObjectCommand({ Bucket, Key: 'digits', Range }));

    expect(part).toMatchObject({ ContentRange, $metadata: { httpStatusCode: 206 } });
    expect(await part.Body?.transformToString()).toBe(content);
    expect(await statusOf(test.read('digits', { Range: 'bytes=10-' }))).toBe(416);
  });
});

describe('uploads with checksums', () => {
  it.each(['CRC32', 'SHA1', 'SHA256'] as const)(
    'are checked by %s, and again by the reader',
    async (ChecksumAlgorithm) => {
      await test.put('summed', 'content', { ChecksumAlgorithm });

      const { Body, ...head } = await test.client.send(
        new GetObjectCommand({ Bucket, Key: 'summed', ChecksumMode: 'ENABLED' }),
      );

      expect(head).toHaveProperty(`Checksum${ChecksumAlgorithm}`);
      expect(await Body?.transformToString()).toBe('content');
    },
  );

  it('are refused where content and checksum differ', async () => {
    const call = test.put('broken', 'content', {
      ChecksumSHA256: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
    });

    await expect(call).rejects.toMatchObject({ name: 'BadDigest' });
    await expect(test.read('broken')).rejects.toThrow(NoSuchKey);
  });

  it('come as chunks with a trailer when the client streams', async () => {
    const chunks = Array.from({ length: 40 }, (_, n) => Buffer.alloc(70_000, String(n % 10)));
    const body = Buffer.concat(chunks);

    await test.client.send(
      new PutObjectCommand({
        Bucket,
        Key: 'streamed',
        Body: Readable.from(chunks, { objectMode: false }),
        ContentLength: body.length,
        ContentEncoding: 'gzip',
        ChecksumAlgorithm: 'CRC32',
      }),
    );

    expect(test.gate.calls.at(-1)?.headers['content-encoding']).toContain('aws-chunked');
    const head = await test.client.send(
      new HeadObjectCommand({ Bucket, Key: 'streamed', ChecksumMode: 'ENABLED' }),
    );
    expect(head).toMatchObject({
      ContentLength: body.length,
      ContentEncoding: 'gzip',
      ChecksumCRC32: expect.any(String),
    });
    expect((await test.read('streamed')).equals(body)).toBe(true);
  });

  it('cut short are refused', async () => {
    const response = await fetch(`${test.gate.url}/${Bucket}/short`, {
      method: 'PUT',
      headers: {
        authorization: 'AWS4-HMAC-SHA256 Credential=KEY-OPERATOR/20261122/eu-west-1/s3/aws4_request',
        'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
      },
      body: 'ff;chunk-signature=0\r\nhello\r\n',
    });

    expect(response.status).toBe(400);
    expect(await response.text()).toContain('<Code>IncompleteBody</Code>');
  });
});

describe('conditional writes', () => {
  it('make an object only where there is none', async () => {
    await test.put('once', 'first', { IfNoneMatch: '*' });

    await expect(test.put('once', 'second', { IfNoneMatch: '*' })).rejects.toMatchObject({
      name: 'PreconditionFailed',
      $metadata: { httpStatusCode: 412 },
    });
    expect(String(await test.read('once'))).toBe('first');
  });

  it('replace only the version that was read', async () => {
    const { ETag } = await test.put('versioned', 'first');
    await test.put('versioned', 'second', { IfMatch: ETag });

    expect(await statusOf(test.put('versioned', 'third', { IfMatch: ETag }))).toBe(412);
    expect(await statusOf(test.put('never', 'third', { IfMatch: ETag }))).toBe(404);
    expect(String(await test.read('versioned'))).toBe('second');
  });

  it('have one winner among many at once', async () => {
    const bodies = Array.from({ length: 30 }, (_, n) => `writer ${n} `.repeat(1 + (n % 5) * 20_000));

    const created = await Promise.all(
      bodies.map((body) => statusOf(test.put('race', body, { IfNoneMatch: '*' }))),
    );
    const { ETag } = await test.client.send(new HeadObjectCommand({ Bucket, Key: 'race' }));
    const winner = created.indexOf(200);
    const raced = String(await test.read('race'));
    const replaced = await Promise.all(
      bodies.map((body) => statusOf(test.put('race', body, { IfMatch: ETag }))),
    );

    expect(created.toSorted()).toEqual([200, ...Array(29).fill(412)]);
    expect(raced).toBe(bodies[winner]);
    // Whoever writes the same bytes again leaves the ETag as it is.
    expect(replaced.filter((status) => status === 200).length).toBeLessThanOrEqual(2);
  });

  it('read only what has changed', async () => {
    const { ETag } = await test.put('read', 'x');

    expect(await statusOf(test.read('read', { IfNoneMatch: ETag }))).toBe(304);
    expect(await statusOf(test.read('read', { IfMatch: '"other"' }))).toBe(412);
  });
});

describe('what is not emulated', () => {
  it.each([
    [
      'tags',
      () => test.client.send(new PutObjectTaggingCommand({ Bucket, Key: 'safe', Tagging: { TagSet: [] } })),
    ],
    [
      'copies',
      () => test.client.send(new CopyObjectCommand({ Bucket, Key: 'safe', CopySource: `${Bucket}/other` })),
    ],
    ['policies', () => test.client.send(new PutBucketPolicyCommand({ Bucket, Policy: '{}' }))],
  ])('is an error, and changes nothing: %s', async (_name, send) => {
    await test.put('safe', 'content');

    await expect(send()).rejects.toMatchObject({
      name: 'NotImplemented',
      $metadata: { httpStatusCode: 501 },
    });

    expect(String(await test.read('safe'))).toBe('content');
  });
});
