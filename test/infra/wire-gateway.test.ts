import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { logger } from '#functions/runtime/telemetry.ts';
import { LIMITS } from '#shared/events/limits.ts';
import { ThrottledError, UnavailableError } from '#shared/kernel/errors.ts';
import { track, WRITE_KEY, webSource, withKey } from '#test/support/collecting.ts';
import { collectGateway } from './collect-gateway.ts';

const ORIGIN = 'https://shop.example';
const READABLE = {
  'access-control-allow-origin': ORIGIN,
  'access-control-allow-credentials': 'true',
  'access-control-expose-headers': 'retry-after',
};
const HEADERS = [
  ...['authorization', 'content-type', 'anonymousid', 'sentat', 'rsa-recovered', 'rsa-retry-attempt'],
  ...['rsa-since-last-attempt', 'rsa-since-first-attempt', 'rsa-retry-reason', 'x-write-key'],
  ...['x-enable-debug', 'x-ip-policy', 'x-retry-count'],
];

let gateway: Awaited<ReturnType<typeof collectGateway>>;
afterEach(async () => {
  vi.restoreAllMocks();
  await gateway.close();
});
async function open(...options: Parameters<typeof collectGateway>) {
  gateway = await collectGateway(...options);
  vi.spyOn(logger, 'warn').mockReturnValue();
}
const send = (path: string, init: RequestInit = {}) =>
  fetch(`${gateway.url}${path}`, {
    method: 'POST',
    body: JSON.stringify({ batch: [track()] }),
    ...init,
    headers: { origin: ORIGIN, ...withKey, ...init.headers },
  });
const corsOf = ({ headers }: Response) =>
  Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-')));

const failing = (fault: Error) => ({
  stream: {
    put: async () => {
      throw fault;
    },
  },
});

describe('wire contract 7: what a browser asks and reads', () => {
  it.each(['/v1/t', '/v1/batch', '/prod/v1/batch/', '/sourceConfig/', '/v1/projects/key/settings', '/'])(
    'OPTIONS %s is answered for any site, with the whole table',
    async (path) => {
      await open();

      const response = await fetch(`${gateway.url}${path}`, {
        method: 'OPTIONS',
        headers: {
          origin: ORIGIN,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization,content-type',
        },
      });

      expect(response.status).toBe(204);
      expect(corsOf(response)).toEqual({
        ...READABLE,
        'access-control-allow-methods': 'GET,POST,OPTIONS',
        'access-control-allow-headers': HEADERS.join(','),
        'access-control-max-age': '7200',
      });
      expect(gateway.stream).toEqual([]);
    },
  );

  const source = { ...webSource, allowedOrigins: ['https://other.example'] };
  const body = (value: unknown) => ({ body: JSON.stringify(value) });

  it.each([
    [200, {}, {}],
    [400, {}, { body: '{"batch": [' }],
    [400, {}, { ...body({ batch: [{}] }), headers: { 'x-strict-mode': '1' } }],
    [401, {}, { headers: { authorization: '' } }],
    [403, { source }, {}],
    [413, {}, { body: ' '.repeat(LIMITS.bodyBytes + 1) }],
    [429, failing(new ThrottledError('throttled')), {}],
    [503, failing(new UnavailableError('down')), {}],
  ])('%d of the function can be read by the page', async (status, ports, init) => {
    await open(ports);

    const response = await send('/v1/batch', init);

    expect(response.status).toBe(status);
    expect(corsOf(response)).toEqual(READABLE);
    expect(response.headers.has('retry-after')).toBe(status === 429 || status === 503);
    expect(await response.json()).toBeInstanceOf(Object);
  });

  it('404 of the function can be read by the page', async () => {
    await open();

    const response = await send('/v1/nothing');

    expect(response.status).toBe(404);
    expect(corsOf(response)).toEqual(READABLE);
  });

  it.each([
    [413, { body: ' '.repeat(10 * 1024 * 1024 + 1) }],
    [404, { method: 'PUT' }],
  ])('%d of the gateway itself can be read by the page', async (status, init) => {
    await open();

    const response = await send('/v1/batch', init);

    expect(response.status).toBe(status);
    expect(corsOf(response)).toEqual(READABLE);
  });

  it('429 of the gateway itself can be read by the page', async () => {
    await open({}, { throttling: { requestsPerSecond: 0.001, burst: 1 } });

    const [first, second] = [await send('/v1/batch'), await send('/v1/batch')];

    expect([first.status, second.status]).toEqual([200, 429]);
    expect(corsOf(second)).toEqual(READABLE);
  });

  it.each(['/v1/projects/key/settings', '/sourceConfig/'])(
    'GET %s is another for another origin',
    async (path) => {
      await open();

      const response = await send(path, { method: 'GET', body: null });

      expect(response.headers.get('vary')).toBe('Origin');
      expect(corsOf(response)).toEqual(READABLE);
    },
  );

  it('says nothing of origins to who has none', async () => {
    await open();

    const response = await fetch(`${gateway.url}/health`);

    expect(corsOf(response)).toEqual({});
  });
});

describe('wire contract 1 and 5.1, through the gateway', () => {
  it.each(['/v1/batch', '/v1/batch/', '/base/path/v1/batch', '/v1/batch?writeKey=other'])(
    'POST %s arrives',
    async (path) => {
      await open();

      expect((await send(path)).status).toBe(200);
      expect(gateway.events()).toHaveLength(1);
    },
  );

  it.each([
    ['application/x-www-form-urlencoded', { 'content-encoding': 'gzip' }],
    ['application/x-www-form-urlencoded', {}],
    ['application/octet-stream', {}],
    ['application/json', { 'content-encoding': 'gzip' }],
    ['text/plain', { 'content-encoding': 'gzip' }],
  ])('gzip as %s %j arrives byte for byte', async (type, headers) => {
    await open();
    const batch = [track({ properties: { name: 'Éva 💥' } })];

    const response = await send('/v1/batch', {
      body: gzipSync(JSON.stringify({ batch })),
      headers: { 'content-type': type, ...headers },
    });

    expect(response.status).toBe(200);
    expect(gateway.events()).toMatchObject([{ properties: { name: 'Éva 💥' } }]);
  });

  it('leads unsubscribe links to their own function, whatever else stands below them', async () => {
    await open();

    expect(await (await send('/u/a.b.c')).text()).toBe('goodbye');
    expect((await send('/u/a/v1/batch')).status).toBe(200);
    expect([gateway.unsubscribed.length, gateway.events().length]).toEqual([1, 1]);
  });

  it('answers an image with its bytes', async () => {
    await open();

    const response = await fetch(`${gateway.url}/pixel/v1/page?writeKey=${WRITE_KEY}&anonymousId=a1`);

    expect(response.headers.get('content-type')).toBe('image/gif');
    expect((await response.bytes()).subarray(0, 6)).toEqual(new Uint8Array(Buffer.from('GIF89a')));
  });
});

const Settings = z.object({
  integrations: z.object({
    'Segment.io': z.object({ apiHost: z.string(), apiKey: z.string(), protocol: z.string() }),
  }),
});

describe('wire contract 6, through the gateway', () => {
  it('sends a client to where it can send', async () => {
    await open();
    const response = await fetch(`${gateway.url}/cdn/v1/projects/${WRITE_KEY}/settings`);
    const { integrations } = Settings.parse(await response.json());
    const { apiHost, apiKey, protocol } = integrations['Segment.io'];

    const sent = await fetch(`${protocol}://${apiHost}/t`, {
      method: 'POST',
      body: JSON.stringify({ ...track(), writeKey: apiKey }),
    });

    expect(sent.status).toBe(200);
    expect(gateway.events()).toHaveLength(1);
  });
});
