import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { EventType } from '#shared/events/event.ts';
import { basic } from '#test/support/collect.ts';
import { textMutation, writing } from './byte-mutations.ts';
import { type FuzzRequest, legible, ownId, requestsOf, SOUND } from './fuzz-request.ts';
import { OPEN_KEY, PICKY_KEY } from './fuzz-sources.ts';
import { jsonMutation } from './json-mutations.ts';
import { ODD_KEYS, ODD_TEXTS, ODD_TIMES } from './odd-values.ts';
import { keysGiven } from './write-keys.ts';

const HEADERS = { authorization: basic(OPEN_KEY), 'content-type': 'application/json' };

const few = <T>(one: fc.Arbitrary<T>, minLength: number, maxLength: number) =>
  fc.array(one, { minLength, maxLength, size: 'max' });

const CONTENT_TYPES = [
  undefined,
  '',
  'application/json',
  'application/json; charset=utf-16',
  'text/plain;charset=UTF-8',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/octet-stream',
  'application/gzip',
  'text/html',
  'nonsense',
] as const;

const headers = fc.record(
  {
    'content-type': fc.constantFrom(...CONTENT_TYPES),
    'content-encoding': fc.constantFrom(undefined, 'gzip', 'identity', 'br', ''),
    sentat: fc.constantFrom('', 'yesterday', '2026-11-22T12:00:00.000Z', '-1'),
    anonymousid: fc.constantFrom('', '!!!', 'bnVsbA==', 'x'.repeat(2_000)),
    origin: fc.constantFrom('null', 'https://shop.test', 'nonsense'),
    'x-retry-count': fc.constantFrom('0', '-1', 'x'),
    'x-strict-mode': fc.constantFrom('1', '0', 'true'),
    'x-ip-policy': fc.constantFrom('keep', 'remove', 'x'),
    'x-enable-debug': fc.constantFrom('1', 'true'),
    'x-forwarded-for': fc.constantFrom('unknown', '::1', '1.2.3.4, 5.6.7.8'),
    'rsa-recovered': fc.constantFrom('true', 'x'),
    cookie: fc.constantFrom('', '__proto__=1', 'a=b;;;=;c'),
    'user-agent': fc.constantFrom('', 'x'.repeat(3_000)),
  },
  { requiredKeys: [] },
);

/** Fields that calls have, in any company and of any content, under a message id of their own. */
const soup = fc
  .record({
    id: ownId,
    said: fc.dictionary(
      fc.constantFrom(
        'type',
        'userId',
        'anonymousId',
        'previousId',
        'groupId',
        'event',
        'name',
        'properties',
        'traits',
        'context',
        'timestamp',
        'originalTimestamp',
        'sentAt',
        'integrations',
        'batch',
        ...ODD_KEYS,
      ),
      fc.oneof(
        fc.constantFrom(...ODD_TEXTS),
        fc.constantFrom(...ODD_TIMES),
        fc.constantFrom(...EventType.options.map((type) => `"${type}"`)),
        fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value)),
      ),
      { maxKeys: 8 },
    ),
    path: fc.constantFrom('/v1/batch', ...EventType.options.map((type) => `/v1/${type}`)),
  })
  .map(({ id, said, path }): FuzzRequest => {
    const entries = Object.entries({ ...said, messageId: `"${id}"` });
    const event = `{${entries.map(([key, text]) => `${JSON.stringify(key)}:${text}`).join(',')}}`;
    const body = Buffer.from(path === '/v1/batch' ? `{"batch":[${event}]}` : event);
    return { kind: 'a soup of fields', method: 'POST', path, headers: HEADERS, body, isSound: false };
  });

const START = ['', '{', '[', '"', '{"batch":[', '{"batch":[{', '\uFEFF{', '\u001f\u008b', '\u001f\u008b\b'];

/** Bytes as they come, some with a beginning that raises hopes; and JSON of no form at all. */
const raw = fc
  .record({
    path: fc.constantFrom('/v1/batch', '/v1/track', '/beacon/v1/batch', '/v1/b', '/api/s/track'),
    encoding: fc.constantFrom({}, {}, { 'content-encoding': 'gzip' }),
    body: fc.oneof(
      fc
        .tuple(fc.constantFrom(...START), fc.uint8Array({ maxLength: 500 }))
        .map(([start, bytes]) => Buffer.concat([Buffer.from(start, 'latin1'), bytes])),
      fc.uint16Array({ maxLength: 200 }).map((units) => Buffer.from(String.fromCharCode(...units))),
      fc.json({ maxDepth: 4 }).map((text) => Buffer.from(text)),
      fc.json({ maxDepth: 4 }).map((text) => Buffer.from(`{"batch":[${text}]}`)),
      fc.json({ maxDepth: 4 }).map((text) => Buffer.from(`{"batch":${text}}`)),
    ),
  })
  .map(({ path, encoding, body }): FuzzRequest => {
    return {
      kind: 'raw bytes',
      method: 'POST',
      path,
      headers: { ...HEADERS, ...encoding },
      body,
      isSound: false,
    };
  });

const PATHS = [
  '/',
  '/v1',
  '/v1/',
  '/v1/batches',
  '/V1/BATCH',
  '/v1/batch/',
  '/v1/track/',
  '/v1/batch//',
  '/v2/batch',
  '/v1/%2e%2e/batch',
  '/v1/%00',
  '/v1/%',
  '/v1/%ff',
  '/v1/batch%2f',
  '/v1/b%61tch',
  '/v1/__proto__',
  '/v1/constructor',
  '/api/s/',
  '/api/s/constructor',
  '/api/s/s2s/__proto__',
  '/pixel/v1/batch',
  `/${'a'.repeat(5_000)}`,
  '/u/',
  '/u/a.b.c',
  `/u/${'.'.repeat(2_000)}`,
  '/u/%F0%9F%92%A5',
  '/u/eyJhbGciOiJub25lIn0.e30.',
  '/v1/projects/x/settings',
  '/v1/projects/%00/settings',
  '/sourceConfig',
  '/v1/segments',
] as const;

const IMAGE_FIELDS = [
  'properties.mail=spring',
  'properties={"a":{"b":1}}',
  'properties.a.b=1',
  'properties..=1',
  'properties.__proto__.a=1',
  'properties.toString.a=1',
  `properties${'.a'.repeat(4_000)}=1`,
  'context=[1]',
  'context.traits="x"',
  'traits=null',
  'timestamp=yesterday',
  'timestamp=2026-11-22',
  'userId=null',
  'anonymousId=',
  'event=',
  'type=identify',
  '__proto__=1',
  '=1',
  '&&',
] as const;

/** Events that come by the address of an image. */
const image = fc
  .record({
    id: ownId,
    call: fc.constantFrom('track', 'page'),
    key: fc.constantFrom(OPEN_KEY, PICKY_KEY, 'another-key'),
    fields: fc.array(fc.constantFrom(...IMAGE_FIELDS), { maxLength: 3 }),
  })
  .map(({ id, call, key, fields }): FuzzRequest => {
    const query = [`writeKey=${key}`, `anonymousId=visitor-${id}`, 'event=Mail%20Opened', ...fields].join(
      '&',
    );
    const path = `/pixel/v1/${call}?${query.replaceAll(/["{}[\]]/g, encodeURIComponent)}`;
    return { kind: 'an image', method: 'GET', path, headers: {}, body: Buffer.alloc(0), isSound: false };
  });

/** Where nothing is, or nothing of this kind. */
const elsewhere = fc
  .record({
    id: ownId,
    method: fc.constantFrom('POST', 'GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'PROPFIND'),
    path: fc.constantFrom(...PATHS, '/v1/batch', '/v1/t'),
    query: fc.constantFrom('', '?', '?writeKey=', '?writeKey=%', '?%00=%ff&&==', '?a=1&a=2&__proto__=3'),
  })
  .map(({ id, method, path, query }): FuzzRequest => {
    const body = Buffer.from(
      JSON.stringify({ batch: [{ type: 'page', anonymousId: `visitor-${id}`, messageId: id }] }),
    );
    const isRead = method === 'GET' || method === 'HEAD';
    return {
      kind: `${method} elsewhere`,
      method,
      path: `${path}${query}`,
      headers: HEADERS,
      body: isRead ? Buffer.alloc(0) : body,
      isSound: false,
    };
  });

const page = (id: string, more: object = {}) =>
  JSON.stringify({ type: 'page', anonymousId: `visitor-${id}`, messageId: id, ...more });
const batchOf = (id: string, count: number) =>
  Array.from({ length: count }, (_, n) => page(`${id}-${n}`, { anonymousId: `visitor-${id}` })).join(',');
const deep = (levels: number, open: string, close: string) =>
  `${open.repeat(levels)}1${close.repeat(levels)}`;
const bomb = (megabytes: number) => gzipSync(Buffer.alloc(megabytes * 1_000_000, ' '), { level: 1 });
const BOMBS = { 7: bomb(7), 9: bomb(9), 100: bomb(100) };
const padded = (id: string, bytes: number) => {
  const text = `{"batch":[${page(id)}],"pad":""}`;
  return `${text.slice(0, -2)}${'x'.repeat(bytes - text.length)}"}`;
};

const LARGE: Readonly<Record<string, (id: string) => Buffer | string>> = {
  '2,499 events': (id) => `{"batch":[${batchOf(id, 2_499)}]}`,
  '2,500 events': (id) => `{"batch":[${batchOf(id, 2_500)}]}`,
  '2,501 events': (id) => `{"batch":[${batchOf(id, 2_501)}]}`,
  '3,000 events': (id) => `{"batch":[${batchOf(id, 3_000)}]}`,
  '50,001 that are none': () => `{"batch":[${'0,'.repeat(50_000)}0]}`,
  '2,499 that are none': () => `{"batch":[${'0,'.repeat(2_498)}0]}`,
  'as many bytes as may be': (id) => padded(id, 4_000_000),
  'one byte more': (id) => padded(id, 4_000_001),
  'many bytes more': (id) => padded(id, 5_500_000),
  'nothing but space': () => ' '.repeat(3_000_000),
  'an event of 3 MB': (id) => `{"batch":[${page(id, { properties: { text: 'é'.repeat(1_500_000) } })}]}`,
  'depth in an event': (id) =>
    `{"batch":[${page(id).slice(0, -1)},"properties":${deep(90_000, '{"a":', '}')}}]}`,
  'depth in place of an event': () => `{"batch":[${deep(200_000, '[', ']')}]}`,
  'depth beside the batch': (id) => `{"context":${deep(50_000, '{"a":', '}')},"batch":[${page(id)}]}`,
  'depth without an end': () => '[{"a":'.repeat(100_000),
  'gzip of 7 MB': (id) => Buffer.concat([gzipSync(`{"batch":[${page(id)}]`), BOMBS[7], gzipSync('}')]),
  'gzip of 9 MB': (id) => Buffer.concat([gzipSync(`{"batch":[${page(id)}]`), BOMBS[9], gzipSync('}')]),
  'gzip of 100 MB': () => BOMBS[100],
};

/** Requests at the limits of size, and beyond. */
const large = fc
  .record({ id: ownId, kind: fc.constantFrom(...Object.keys(LARGE)) })
  .map(({ id, kind }): FuzzRequest => {
    const body = Buffer.from(LARGE[kind]?.(id) ?? '');
    const isGzip = body[0] === 0x1f;
    const encoding = isGzip ? { 'content-encoding': 'gzip' } : {};
    return {
      kind,
      method: 'POST',
      path: '/v1/batch',
      headers: { ...HEADERS, ...encoding },
      body,
      isSound: false,
    };
  });

const NONE_LARGE = [
  { weight: 8, arbitrary: requestsOf(SOUND, { isTwin: fc.boolean() }) },
  { weight: 45, arbitrary: requestsOf('JSON changed', { json: few(jsonMutation, 1, 3) }) },
  {
    weight: 12,
    arbitrary: requestsOf('text changed', {
      json: few(jsonMutation, 0, 1),
      text: few(textMutation, 1, 2),
    }),
  },
  {
    weight: 12,
    arbitrary: requestsOf('written otherwise', { json: few(jsonMutation, 0, 1), writing }),
  },
  { weight: 5, arbitrary: requestsOf('key elsewhere', { keys: keysGiven }) },
  { weight: 4, arbitrary: requestsOf('other headers', { json: few(jsonMutation, 0, 1), headers }) },
  { weight: 6, arbitrary: soup },
  { weight: 6, arbitrary: raw },
  { weight: 2, arbitrary: elsewhere },
  { weight: 2, arbitrary: image },
] as const;

/** Requests that are right, odd or wrong in every way that has been thought of; one in `largeEvery` is large. */
export const fuzzRequests = ({ largeEvery }: { readonly largeEvery: number }): fc.Arbitrary<FuzzRequest> =>
  fc
    .oneof(...NONE_LARGE.map(({ weight, arbitrary }) => ({ weight: weight * largeEvery, arbitrary })), {
      weight: 100,
      arbitrary: large,
    })
    .map((request) => ({ ...request, [fc.toStringMethod]: () => legible(request) }));
