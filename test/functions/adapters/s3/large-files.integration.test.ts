import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LargeFiles, s3LargeFiles } from '#functions/adapters/s3/large-files.ts';
import { startS3, type TestS3 } from '#test/support/s3.ts';

const MEGABYTE = 1024 * 1024;

async function* chunks(count: number, size: number) {
  for (let n = 0; n < count; n++) yield Buffer.alloc(size, n % 256);
}

async function bytesOf(file: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const chunk of file) all.push(chunk);
  return Buffer.concat(all);
}

describe('large files in a bucket', () => {
  let s3: TestS3;
  let files: LargeFiles;
  beforeAll(async () => {
    s3 = await startS3();
    files = s3LargeFiles({ client: s3.client, bucket: s3.bucket });
  });
  afterAll(() => s3.close());

  it.each([
    ['nothing', 0, 0],
    ['a few bytes', 3, 10],
    ['one part less a byte', 8, MEGABYTE - 1],
    ['one part', 8, MEGABYTE],
    ['several parts, in chunks of other sizes', 7, 3 * MEGABYTE + 1],
    ['a chunk that is larger than parts are', 1, 20 * MEGABYTE],
  ])('gives back %s as written', async (_, count, size) => {
    const written = await files.write('runs/large', chunks(count, size), 'text/plain');
    const found = await files.find('runs/large');

    expect(found).toMatchObject({ key: 'runs/large', etag: written.etag, bytes: count * size });
    expect(written.bytes).toBe(count * size);
    const expected = await bytesOf(chunks(count, size));
    expect((await bytesOf(files.read(written))).equals(expected)).toBe(true);
  });

  it('gives the bytes of a range, the end not among them', async () => {
    const written = await files.write('runs/range', chunks(4, 2), 'text/plain');

    expect([...(await bytesOf(files.read(written, { start: 1, end: 5 })))]).toEqual([0, 1, 1, 2]);
  });

  it('finds nothing where there is none', async () => {
    expect(await files.find('runs/none')).toBeUndefined();
  });

  it('refuses to read what was replaced or removed', async () => {
    const written = await files.write('runs/changed', chunks(1, 2), 'text/plain');
    await s3.client.send(new PutObjectCommand({ Bucket: s3.bucket, Key: 'runs/changed', Body: 'other' }));
    await expect(bytesOf(files.read(written))).rejects.toMatchObject({ name: 'FileChanged' });

    await s3.client.send(new DeleteObjectCommand({ Bucket: s3.bucket, Key: 'runs/changed' }));
    await expect(bytesOf(files.read(written))).rejects.toMatchObject({ name: 'FileChanged' });
  });

  it('stores nothing of what failed on the way', async () => {
    async function* failing() {
      yield* chunks(10, MEGABYTE);
      throw new Error('broken');
    }

    await expect(files.write('runs/failed', failing(), 'text/plain')).rejects.toThrow('broken');

    expect(await files.find('runs/failed')).toBeUndefined();
  });
});
