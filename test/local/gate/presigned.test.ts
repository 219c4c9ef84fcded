import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestGate, type TestGate } from '#test/support/gate.ts';

let gate: TestGate;
beforeAll(async () => {
  gate = await startTestGate({
    services: { s3: async () => ({ status: 200, headers: {}, body: '' }) },
    functions: {
      admin: [{ Effect: 'Allow', Action: 's3:PutObject', Resource: 'arn:aws:s3:::imports/imports/*' }],
    },
  });
});
afterAll(() => gate.close());

const HOUR = 3600;
const CSV = { 'content-type': 'text/csv' };

interface Upload {
  readonly Key?: string;
  readonly config?: object;
  readonly expiresIn?: number;
  readonly signingDate?: Date;
}

/** A URL that lets its holder put an object of one content type. */
function putUrl({ Key = 'imports/shop/a b+ü.csv', config = {}, ...options }: Upload = {}): Promise<string> {
  const client = new S3Client({
    ...gate.asFunction('admin'),
    requestChecksumCalculation: 'WHEN_REQUIRED',
    ...config,
  });
  return getSignedUrl(client, new PutObjectCommand({ Bucket: 'imports', Key, ContentType: 'text/csv' }), {
    expiresIn: HOUR,
    signableHeaders: new Set(['content-type']),
    ...options,
  });
}

const put = async (url: string, headers: Record<string, string> = CSV) => {
  const response = await fetch(url, { method: 'PUT', headers, body: 'a,b' });
  return { status: response.status, text: await response.text() };
};

it('lets through, in the name of the function that signed it, what needs no header of AWS', async () => {
  const url = await putUrl();

  expect(await put(url)).toEqual({ status: 200, text: '' });
  expect(gate.calls.at(-1)).toMatchObject({
    service: 's3',
    operation: 'PutObject',
    caller: { kind: 'role', name: 'admin' },
  });
  expect(String(gate.calls.at(-1)?.body)).toBe('a,b');
});

it('lets through a download that says what it is to be called', async () => {
  const url = await getSignedUrl(
    new S3Client(gate.asOperator()),
    new GetObjectCommand({
      Bucket: 'imports',
      Key: 'a',
      ResponseContentDisposition: 'attachment; filename="a (1)*.csv"',
    }),
  );

  expect((await fetch(url)).status).toBe(200);
});

it('refuses what the role of the function that signed it may not', async () => {
  const url = await putUrl({ Key: 'runs/a' });

  expect(await put(url)).toMatchObject({ status: 403, text: expect.stringContaining('is not authorized') });
});

it('is refused from the second on in which it expires', async () => {
  const fresh = await putUrl({ signingDate: new Date(Date.now() - 1000 * (HOUR - 60)) });
  const expired = await putUrl({ signingDate: new Date(Date.now() - 1000 * HOUR) });

  expect((await put(fresh)).status).toBe(200);
  expect(await put(expired)).toMatchObject({
    status: 403,
    text: expect.stringContaining('<Code>AccessDenied</Code><Message>Request has expired</Message>'),
  });
});

const HTML = { 'content-type': 'text/html' };
it.each([
  { with: 'another object', change: ['.csv', '.cs'] },
  { with: 'a longer life', change: ['X-Amz-Expires=3600', 'X-Amz-Expires=7200'] },
  { with: 'another parameter', change: [/$/, '&x-amz-acl=public-read'] },
  { with: 'no signature at all', change: [/X-Amz-Signature=\w+/, ''] },
  { with: 'another content type', change: ['', ''], headers: HTML },
] as const)('is refused with $with', async ({ change: [from, to], ...sent }) => {
  const url = (await putUrl()).replace(from, to);

  expect(await put(url, 'headers' in sent ? sent.headers : CSV)).toMatchObject({
    status: 403,
    text: expect.stringContaining('<Code>SignatureDoesNotMatch</Code>'),
  });
});

it('is refused for another method, and with another secret', async () => {
  const credentials = { accessKeyId: 'KEY-admin', secretAccessKey: 'guess' };

  expect((await fetch(await putUrl(), { headers: CSV })).status).toBe(403);
  expect((await put(await putUrl({ config: { credentials } }))).status).toBe(403);
});

it.each(['X-Amz-Date', 'X-Amz-Expires', 'X-Amz-Algorithm'])('is refused without %s', async (name) => {
  const url = new URL(await putUrl());
  url.searchParams.delete(name);

  expect(await put(url.href)).toMatchObject({
    status: 400,
    text: expect.stringContaining('AuthorizationQueryParametersError'),
  });
});

it('may not live for longer than a week', async () => {
  const url = (await putUrl()).replace('X-Amz-Expires=3600', `X-Amz-Expires=${7 * 24 * HOUR + 1}`);

  expect((await put(url)).status).toBe(400);
});
