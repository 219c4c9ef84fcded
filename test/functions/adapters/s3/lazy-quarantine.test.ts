import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { lazyQuarantine } from '#functions/adapters/s3/lazy-quarantine.ts';

const s3 = mockClient(S3Client);
const batch = (id: string) => ({
  source: 'web',
  id,
  entries: [{ reason: 'unknown_type', receivedAt: 0, event: {}, request: {} }],
});

describe('lazyQuarantine', () => {
  beforeEach(() => s3.reset());

  it('keeps what it is given, each time', async () => {
    s3.on(PutObjectCommand).resolves({});
    const quarantine = lazyQuarantine('bucket');

    await Promise.all([quarantine.keep(batch('a')), quarantine.keep(batch('b'))]);

    expect(s3.commandCalls(PutObjectCommand).map(({ args }) => args[0].input.Key)).toEqual([
      'quarantine/dt=1970-01-01/web/86399999-a.jsonl',
      'quarantine/dt=1970-01-01/web/86399999-b.jsonl',
    ]);
  });

  it('fails where it could not keep them', async () => {
    s3.on(PutObjectCommand).rejects(new Error('no such bucket'));

    await expect(lazyQuarantine('bucket').keep(batch('a'))).rejects.toThrow('no such bucket');
  });
});
