import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bucket, startS3, type TestS3 } from '#test/support/local-s3.ts';

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

describe('lists', () => {
  const keys = ['l/a', 'l/b/1', 'l/b/2', 'l/c', 'l/d/1', 'l/é', 'l/😀'];
  beforeAll(() => Promise.all(keys.map((key) => test.put(key, 'x'))));

  const pages = async (more: object) => {
    const found: string[][] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await test.client.send(
        new ListObjectsV2Command({ Bucket, Prefix: 'l/', ContinuationToken, ...more }),
      );
      const entries = [
        ...(page.Contents ?? []).map((entry) => entry.Key),
        ...(page.CommonPrefixes ?? []).map((entry) => entry.Prefix),
      ];
      expect(page.KeyCount).toBe(entries.length);
      found.push(entries.map(String).toSorted());
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    return found;
  };

  it('come in the order of bytes, a page at a time', async () => {
    expect(await pages({})).toEqual([keys]);
    expect(await pages({ MaxKeys: 3 })).toEqual([keys.slice(0, 3), keys.slice(3, 6), keys.slice(6)]);
    expect(await pages({ MaxKeys: 7 })).toEqual([keys]);
  });

  it('fold what is behind a delimiter, once even across pages', async () => {
    const folded = ['l/a', 'l/b/', 'l/c', 'l/d/', 'l/é', 'l/😀'];

    expect(await pages({ Delimiter: '/' })).toEqual([folded]);
    expect((await pages({ Delimiter: '/', MaxKeys: 1 })).flat()).toEqual(folded);
    expect((await pages({ Delimiter: '/', MaxKeys: 2 })).flat()).toEqual(folded);
  });

  it('begin after a key, and write keys for URLs where asked', async () => {
    expect(await pages({ StartAfter: 'l/c' })).toEqual([keys.slice(4)]);
    expect((await pages({ EncodingType: 'url' })).flat()).toContain('l/%C3%A9');
  });

  it('take a thousand keys to a page', async () => {
    for (let n = 0; n < 1100; n++) test.s3.putObject(Bucket, `many/${n}`, Buffer.from('x'));

    const { Contents, IsTruncated } = await test.client.send(
      new ListObjectsV2Command({ Bucket, Prefix: 'many/' }),
    );

    expect([Contents?.length, IsTruncated]).toEqual([1000, true]);
  });
});
