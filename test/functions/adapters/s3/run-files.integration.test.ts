import { randomUUID } from 'node:crypto';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { s3RunFiles } from '#functions/adapters/s3/run-files.ts';
import { runFilesContract } from '#test/contract/run-files.ts';
import { startS3, type TestS3 } from '#test/support/s3.ts';

let s3: TestS3;
beforeAll(async () => {
  s3 = await startS3();
});
afterAll(() => s3.close());

runFilesContract('S3', async () => {
  const files = s3RunFiles(s3);
  const prefix = randomUUID();
  return {
    readJson: (key, schema) => files.readJson(`${prefix}/${key}`, schema),
    keepJson: (key, schema, value) => files.keepJson(`${prefix}/${key}`, schema, value),
    keepFile: (file) => files.keepFile({ ...file, key: `${prefix}/${file.key}` }),
  };
});

describe('a write that meets another one under way', () => {
  const conflict = Object.assign(new Error('conflict'), { name: 'ConditionalRequestConflict' });

  it('is tried again', async () => {
    const client = mockClient(S3Client);
    client.on(PutObjectCommand).rejectsOnce(conflict).resolves({});
    const files = s3RunFiles({ client: new S3Client({ region: 'eu-west-1' }), bucket: 'b' });

    expect(await files.keepJson('runs/r/a.json', z.string(), 'ours')).toBe('ours');
    client.restore();
  });

  it('is given up in the end, as a fault that may pass', async () => {
    const client = mockClient(S3Client);
    client.on(PutObjectCommand).rejects(conflict);
    const files = s3RunFiles({ client: new S3Client({ region: 'eu-west-1' }), bucket: 'b' });

    await expect(files.keepJson('runs/r/a.json', z.string(), 'ours')).rejects.toMatchObject({
      retryable: true,
    });
    client.restore();
  });
});
