import { generateKeyPairSync } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { gzipSync } from 'node:zlib';
import { SignJWT } from 'jose';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type ApiRoute, answerHttpApi, type HttpApi } from '#local/http/http-api.ts';
import { type Listener, listen } from '#local/http/listener.ts';
import type { InvokeResult } from '#local/lambda/invoker.ts';

const FUNCTION = 'arn:aws:lambda:eu-west-1:000000000000:function:tested';
const authorizer = { issuer: 'https://issuer.example/pool', audience: ['client'] };
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

let listener: Listener;
afterEach(() => listener.close());

const route = (key: string, rest: Partial<ApiRoute> = {}): ApiRoute => ({
  key,
  functionArn: FUNCTION,
  scopes: [],
  ...rest,
});

interface Given {
  readonly routes?: readonly ApiRoute[];
  readonly api?: Partial<HttpApi>;
  readonly answer?: (event: unknown) => InvokeResult | Promise<InvokeResult>;
  readonly permitted?: boolean;
}

/** Serves an API whose function answers as told, and keeps the events and log lines. */
async function serve({ routes = [route('$default')], api, answer, permitted = true }: Given = {}) {
  const events: unknown[] = [];
  const log: string[] = [];
  const sources: string[] = [];
  listener = await listen({ port: 0, variable: 'TEST_PORT' });
  listener.answerWith(
    answerHttpApi(
      {
        logicalId: 'Api',
        apiId: 'abc123',
        arn: 'arn:aws:execute-api:eu-west-1:000000000000:abc123',
        account: '000000000000',
        routes,
        ...api,
      },
      {
        invoker: {
          async invoke(_, payload) {
            events.push(payload);
            return answer?.(payload) ?? { ok: true, payload: { statusCode: 200, body: 'fine' } };
          },
        },
        mayInvoke({ sourceArn }) {
          sources.push(sourceArn);
          return permitted;
        },
        tokenKey: publicKey,
        log: (line) => log.push(line),
      },
    ),
  );
  return { url: listener.url, events, log, sources };
}

const answering = (payload: unknown) => ({ answer: () => ({ ok: true, payload }) as const });

describe('what a function gets', () => {
  it('is an event of payload format 2.0', async () => {
    const { url, events } = await serve({ routes: [route('POST /people/{id}')] });

    await fetch(`${url}/people/a%20b?x=1&x=2&y=%C3%A9`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Thing': 'Value', cookie: 'a=1; b=2' },
      body: '{"a":1}',
    });

    expect(events).toEqual([
      {
        version: '2.0',
        routeKey: 'POST /people/{id}',
        rawPath: '/people/a b',
        rawQueryString: 'x=1&x=2&y=%C3%A9',
        queryStringParameters: { x: '1,2', y: 'é' },
        pathParameters: { id: 'a b' },
        cookies: ['a=1', 'b=2'],
        headers: expect.objectContaining({
          'content-type': 'application/json',
          'x-thing': 'Value',
          'x-forwarded-for': '127.0.0.1',
        }),
        requestContext: expect.objectContaining({
          accountId: '000000000000',
          apiId: 'abc123',
          stage: '$default',
          routeKey: 'POST /people/{id}',
          time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
          http: {
            method: 'POST',
            path: '/people/a b',
            protocol: 'HTTP/1.1',
            sourceIp: '127.0.0.1',
            userAgent: 'node',
          },
        }),
        body: '{"a":1}',
        isBase64Encoded: false,
      },
    ]);
    expect(events[0]).not.toHaveProperty('headers.cookie');
  });

  it.each([
    ['application/json', {}, true],
    ['application/json; charset=utf-8', {}, true],
    ['text/plain', {}, true],
    ['application/x-www-form-urlencoded', {}, false],
    ['application/octet-stream', {}, false],
    ['application/json', { 'content-encoding': 'gzip' }, false],
  ])('has a body of type %s %j as text: %s', async (type, headers, isText) => {
    const { url, events } = await serve();
    const body = 'content-encoding' in headers ? gzipSync('abc') : Buffer.from('abc');

    await fetch(url, { method: 'POST', headers: { 'content-type': type, ...headers }, body });

    const expected = isText ? 'abc' : body.toString('base64');
    expect(events).toMatchObject([{ body: expected, isBase64Encoded: !isText }]);
  });

  it('has no body where none was sent', async () => {
    const { url, events } = await serve();

    await fetch(url);

    expect(events[0]).not.toHaveProperty('body');
    expect(events[0]).not.toHaveProperty('queryStringParameters');
  });
});

describe('what a client gets', () => {
  it('is the response of the function', async () => {
    const { url } = await serve(
      answering({ statusCode: 201, headers: { 'X-A': 1 }, cookies: ['a=1', 'b=2'], body: 'made' }),
    );

    const response = await fetch(url);

    expect(response.status).toBe(201);
    expect(response.headers.get('x-a')).toBe('1');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(await response.text()).toBe('made');
  });

  it('is decoded where the function has encoded it', async () => {
    const body = Buffer.from([0, 255]).toString('base64');
    const { url } = await serve(answering({ statusCode: 200, isBase64Encoded: true, body }));

    expect(Buffer.from(await (await fetch(url)).arrayBuffer())).toEqual(Buffer.from([0, 255]));
  });

  it('is JSON where the function returned anything else', async () => {
    const { url } = await serve(answering({ a: 1 }));

    const response = await fetch(url);

    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toEqual({ a: 1 });
  });

  it.each([
    ['the function fails', { ok: false, errorType: 'TypeError', errorMessage: 'oops' } as const, 500],
    ['the response is malformed', { ok: true, payload: { statusCode: 'abc' } } as const, 500],
    [
      'the request is too large for the function',
      { ok: false, errorType: 'RequestEntityTooLargeException', errorMessage: '' } as const,
      413,
    ],
  ])('is an error of the API when %s', async (_, result, status) => {
    const { url } = await serve({ answer: () => result });

    const response = await fetch(url);

    expect(response.status).toBe(status);
    const message = status === 500 ? 'Internal Server Error' : 'Request Entity Too Large';
    expect(await response.json()).toEqual({ message });
  });

  it('is 503 when the function takes longer than 30 seconds', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { url, events } = await serve({ answer: () => new Promise(() => {}) });

    const response = fetch(url);
    while (events.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await vi.advanceTimersByTimeAsync(30_000);

    expect((await response).status).toBe(503);
    expect(await (await response).json()).toEqual({ message: 'Service Unavailable' });
    vi.useRealTimers();
  });

  it('is 413 for more than 10 MB', async () => {
    const { url, events } = await serve();

    const response = await fetch(url, { method: 'POST', body: Buffer.alloc(10 * 1024 * 1024 + 1) });

    expect(response.status).toBe(413);
    expect(await response.json()).toEqual({ message: 'Request Entity Too Large' });
    expect(events).toEqual([]);
  });

  it('is 404 for a route that there is not, and 400 for a path that is none', async () => {
    const { url } = await serve({ routes: [route('GET /a')] });

    expect(await (await fetch(`${url}/a`, { method: 'POST' })).json()).toEqual({ message: 'Not Found' });
    expect((await fetch(`${url}/b`)).status).toBe(404);
    expect(await statusOfPath(url, '/%zz')).toBe(400);
  });

  it('is 500 when no permission lets the API invoke the function, and the log says which is missing', async () => {
    const { url, log, sources } = await serve({ routes: [route('ANY /a/{proxy+}')], permitted: false });

    expect((await fetch(`${url}/a/b`)).status).toBe(500);
    expect(sources).toEqual(['arn:aws:execute-api:eu-west-1:000000000000:abc123/$default/*/a/{proxy+}']);
    expect(log.join()).toContain('no AWS::Lambda::Permission lets apigateway.amazonaws.com invoke');
  });

  it('is 429 above the limits of the stage', async () => {
    const { url } = await serve({ api: { throttling: { requestsPerSecond: 0.001, burst: 2 } } });

    const statuses = [await fetch(url), await fetch(url), await fetch(url)].map(({ status }) => status);

    expect(statuses).toEqual([200, 200, 429]);
  });
});

describe('CORS', () => {
  const cors = {
    allowOrigins: ['https://*'],
    allowMethods: ['GET', 'POST'],
    allowHeaders: ['authorization'],
    exposeHeaders: ['retry-after'],
    maxAge: 600,
    allowCredentials: true,
  };
  const origin = 'https://shop.example';

  it('answers a preflight without asking the function', async () => {
    const { url, events } = await serve({ api: { cors }, routes: [] });

    const response = await fetch(url, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    });

    expect(response.status).toBe(204);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'GET,POST',
      'access-control-allow-headers': 'authorization',
      'access-control-allow-credentials': 'true',
      'access-control-max-age': '600',
    });
    expect(events).toEqual([]);
  });

  it("puts its headers on every answer, errors too, in place of the function's own", async () => {
    const own = { statusCode: 200, headers: { 'Access-Control-Allow-Origin': 'https://own.example' } };
    const { url } = await serve({ api: { cors }, routes: [route('GET /a')], ...answering(own) });

    const found = await fetch(`${url}/a`, { headers: { origin } });
    const notFound = await fetch(`${url}/b`, { headers: { origin } });

    expect(found.headers.get('access-control-allow-origin')).toBe(origin);
    expect(notFound.headers.get('access-control-allow-origin')).toBe(origin);
    expect(found.headers.get('access-control-expose-headers')).toBe('retry-after');
  });

  it('says nothing to an origin that is not on the list', async () => {
    const { url } = await serve({ api: { cors } });

    const response = await fetch(url, { headers: { origin: 'http://shop.example' } });

    expect(response.headers.has('access-control-allow-origin')).toBe(false);
  });
});

describe('a JWT authorizer', () => {
  const inAnHour = Math.floor(Date.now() / 1000) + 3_600;
  const sign = (claims: Record<string, unknown>, key = privateKey) =>
    new SignJWT({ iss: authorizer.issuer, aud: 'client', exp: inAnHour, ...claims })
      .setProtectedHeader({ alg: 'RS256' })
      .sign(key);
  const ask = async (token: string | undefined, scopes: readonly string[] = []) => {
    const served = await serve({ routes: [route('GET /a', { authorizer, scopes })] });
    const headers = token === undefined ? {} : { authorization: token };
    return { ...served, response: await fetch(`${served.url}/a`, { headers }) };
  };

  it('lets a good token in, and gives the function its claims as text', async () => {
    const claims = { sub: 'me', 'cognito:groups': ['admin', 'editor'], email_verified: true };

    const { response, events } = await ask(`Bearer ${await sign(claims)}`);

    expect(response.status).toBe(200);
    expect(events).toMatchObject([
      {
        requestContext: {
          authorizer: {
            jwt: {
              claims: {
                sub: 'me',
                aud: 'client',
                exp: String(inAnHour),
                'cognito:groups': '[admin editor]',
                email_verified: 'true',
              },
              scopes: null,
            },
          },
        },
      },
    ]);
  });

  it.each([
    ['none', async () => undefined],
    ['one that is none', async () => 'Bearer abc'],
    ['one that has expired', () => sign({ exp: 1 })],
    ['one without an end', () => sign({ exp: undefined })],
    ['one of another issuer', () => sign({ iss: 'https://issuer.example/other' })],
    ['one for another audience', () => sign({ aud: 'other' })],
    [
      'one signed by somebody else',
      () => sign({}, generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey),
    ],
  ])('refuses %s', async (_, token) => {
    const { response, events } = await ask(await token());

    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({ message: 'Unauthorized' });
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer /);
    expect(events).toEqual([]);
  });

  it('takes an access token by its client id, and asks for one of the scopes of the route', async () => {
    const token = await sign({ aud: undefined, client_id: 'client', scope: 'read list' });

    const allowed = await ask(`Bearer ${token}`, ['read', 'write']);
    expect(allowed.response.status).toBe(200);
    await listener.close();
    const forbidden = await ask(`Bearer ${token}`, ['write']);
    expect(forbidden.response.status).toBe(403);
    expect(await forbidden.response.json()).toEqual({ message: 'Forbidden' });
  });

  it('refuses a token that says it needs no signature', async () => {
    const [, payload] = (await sign({})).split('.');
    const header = Buffer.from('{"alg":"none"}').toString('base64url');

    expect((await ask(`Bearer ${header}.${payload}.`)).response.status).toBe(401);
  });
});

/** `fetch` would mend the path. */
function statusOfPath(url: string, path: string): Promise<number | undefined> {
  const { port } = new URL(url);
  return new Promise((resolve, reject) => {
    httpRequest({ host: '127.0.0.1', port, path }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}
