import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { s3Uploads } from '#functions/adapters/s3/uploads.ts';
import { SIGNED_AT, uploadsContract } from '#test/contract/uploads.ts';
import { startS3, type TestS3 } from '#test/support/s3.ts';

let s3: TestS3;
beforeAll(async () => {
  // as the Admin API makes its own
  s3 = await startS3({ requestChecksumCalculation: 'WHEN_REQUIRED' });
});
afterAll(() => s3.close());

const at = (now: () => number) => s3Uploads({ ...s3, now });

uploadsContract('S3', async () => ({
  uploads: at(() => SIGNED_AT),
  async put(Key, Body) {
    await s3.client.send(new PutObjectCommand({ Bucket: s3.bucket, Key, Body }));
  },
}));

it('who has a signed upload puts a file, and who has a signed download gets it under its name', async () => {
  const uploads = at(Date.now);
  const { method, url, headers } = await uploads.signUpload('imports/shop/1/kunden ü.csv');

  const put = await fetch(url, { method, headers, body: 'a;b\r\n' });
  const got = await fetch((await uploads.signDownload('imports/shop/1/kunden ü.csv', 'k.csv')).url);

  expect(put.status).toBe(200);
  expect(await got.text()).toBe('a;b\r\n');
  expect(got.headers.get('content-disposition')).toBe('attachment; filename="k.csv"');
});

it('what was signed is refused with other content, and when it has expired', async () => {
  const uploads = at(() => Date.now() - 3_601_000);
  const late = await uploads.signUpload('imports/shop/1/a.csv');
  const fresh = await at(Date.now).signUpload('imports/shop/1/a.csv');

  expect((await fetch(late.url, { ...late, body: 'a' })).status).toBe(403);
  expect((await fetch(fresh.url, { method: 'PUT', body: 'a' })).status).toBe(403);
  expect(await uploads.has('imports/shop/1/a.csv')).toBe(false);
});

it('lists what takes several pages', async () => {
  const client = mockClient(S3Client);
  client
    .on(ListObjectsV2Command)
    .resolvesOnce({ Contents: [{ Key: 'a' }, {}], NextContinuationToken: 'more' })
    .resolvesOnce({ Contents: [{ Key: 'b' }] });
  const uploads = s3Uploads({ client: new S3Client({ region: 'eu-west-1' }), bucket: 'b', now: Date.now });

  expect(await uploads.keysUnder('')).toEqual(['a', 'b']);
  client.restore();
});
