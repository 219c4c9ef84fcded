import { afterEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { type HttpRequest, httpHandler } from '#functions/runtime/http.ts';
import { parseJson, validate } from '#functions/runtime/json-body.ts';
import { logger } from '#functions/runtime/telemetry.ts';
import { RequestError, ThrottledError, UnavailableError } from '#shared/kernel/errors.ts';
import { httpEvent, lambdaContext } from '#test/support/http-event.ts';

const seen: HttpRequest[] = [];
const Body = z.strictObject({ name: z.string(), tags: z.array(z.string()).optional() });
const faults: Record<string, () => Error> = {
  refused: () => new RequestError({ status: 409, code: 'TAKEN', message: 'the name is taken' }),
  passing: () => new UnavailableError('the table does not answer'),
  full: () => new ThrottledError('the stream is full'),
  throttled: () => Object.assign(new Error('slow down'), { name: 'ThrottlingException' }),
  broken: () => new Error('no mail to ada@example.com, +33 6 12 34 56 78'),
};

const handler = httpHandler({
  capability: 'test',
  maxBodyBytes: 1000,
  routes: [
    {
      method: 'GET',
      path: '/v1/things/{id}',
      handle: (request) => {
        seen.push(request);
        return { status: 200, body: { id: request.pathParameters.id } };
      },
    },
    {
      method: 'GET',
      path: '/v1/faults/{name}',
      handle: ({ pathParameters: { name = '' } }) => Promise.reject(faults[name]?.()),
    },
    {
      method: 'PUT',
      path: '/v1/things',
      handle: ({ body }) => ({ status: 200, body: validate(parseJson(body), Body) }),
    },
    { method: 'POST', path: '/v1/bytes', handle: ({ body }) => ({ status: 200, body: [...body] }) },
    {
      method: 'GET',
      path: '/v1/page',
      handle: () => ({ status: 200, headers: { 'content-type': 'text/html' }, body: '<p>hello</p>' }),
    },
    { method: 'DELETE', path: '/v1/things', handle: () => ({ status: 204 }) },
  ],
});

const call = async (options: Parameters<typeof httpEvent>[0]) => {
  const { statusCode, headers, body } = await handler(httpEvent(options), lambdaContext);
  return { statusCode, headers, body: body?.startsWith('{') ? JSON.parse(body) : body };
};

afterEach(() => {
  vi.restoreAllMocks();
});

describe('httpHandler', () => {
  it('hands a route what was asked, decoded', async () => {
    await call({
      method: 'GET',
      path: '/v1/things/email:ada%2Bnews%40example.com',
      query: { limit: '3' },
      headers: { 'Idempotency-Key': 'k' },
      claims: { sub: 'u' },
    });

    expect(seen.at(-1)).toMatchObject({
      pathParameters: { id: 'email:ada+news@example.com' },
      query: { limit: '3' },
      headers: { 'idempotency-key': 'k' },
      claims: { sub: 'u' },
      receivedAt: 1_795_000_000_000,
      requestId: 'request-1',
    });
  });

  it('takes the parameters of a route that the gateway matched as they are, for it has decoded them', async () => {
    const { body } = await call({
      method: 'GET',
      path: '/v1/things/a/b%',
      matched: { routeKey: 'GET /v1/things/{id}', pathParameters: { id: 'a/b%' } },
    });

    expect(body).toEqual({ id: 'a/b%' });
  });

  it('gives the bytes of a body that came as base64', async () => {
    const { body } = await call({ method: 'POST', path: '/v1/bytes', body: Buffer.from([0, 255, 31, 139]) });

    expect(JSON.parse(body)).toEqual([0, 255, 31, 139]);
  });

  it('sends text as it stands, with the type that the route gives', async () => {
    expect(await call({ method: 'GET', path: '/v1/page' })).toEqual({
      statusCode: 200,
      headers: { 'content-type': 'text/html' },
      body: '<p>hello</p>',
    });
  });

  it('sends no body for an answer without one', async () => {
    expect(await call({ method: 'DELETE', path: '/v1/things' })).toMatchObject({
      statusCode: 204,
      body: undefined,
    });
  });

  it.each([
    { method: 'GET', path: '/v1/nothing', status: 404, code: 'NO_SUCH_ROUTE' },
    { method: 'POST', path: '/v1/page', status: 404, code: 'NO_SUCH_ROUTE' },
    { method: 'GET', path: '/v1/things/%E0%A4%A', status: 400, code: 'INVALID_PATH' },
    { method: 'GET', path: '/v1/faults/refused', status: 409, code: 'TAKEN' },
    { method: 'GET', path: '/v1/faults/full', status: 429, code: 'THROTTLED' },
    { method: 'GET', path: '/v1/faults/passing', status: 503, code: 'UNAVAILABLE' },
    { method: 'GET', path: '/v1/faults/throttled', status: 503, code: 'UNAVAILABLE' },
    { method: 'GET', path: '/v1/faults/broken', status: 500, code: 'INTERNAL' },
    { method: 'PUT', path: '/v1/things', body: 'x'.repeat(1001), status: 413, code: 'BODY_TOO_LARGE' },
    { method: 'PUT', path: '/v1/things', body: '{', status: 400, code: 'INVALID_JSON' },
    { method: 'PUT', path: '/v1/things', body: '', status: 400, code: 'INVALID_JSON' },
    {
      method: 'PUT',
      path: '/v1/things',
      body: '['.repeat(400) + ']'.repeat(400),
      status: 400,
      code: 'INVALID_JSON',
    },
    { method: 'PUT', path: '/v1/things', body: { name: 1 }, status: 400, code: 'INVALID_REQUEST' },
  ])('answers $status $code to $method $path', async ({ method, path, body, status, code }) => {
    vi.spyOn(logger, 'error').mockReturnValue();
    vi.spyOn(logger, 'warn').mockReturnValue();

    const answer = await call({ method, path, body });

    expect(answer).toMatchObject({ statusCode: status, body: { code, message: expect.any(String) } });
    expect(answer.headers?.['retry-after']).toBe({ 429: '5', 503: '1' }[status]);
  });

  it('says where a body is wrong', async () => {
    const { body } = await call({ method: 'PUT', path: '/v1/things', body: { name: 'x', tags: ['a', 1] } });

    expect(body.details).toEqual([{ path: 'tags[1]', message: expect.stringContaining('expected string') }]);
  });

  it('logs a fault without the personal data that its message repeats', async () => {
    const error = vi.spyOn(logger, 'error').mockReturnValue();

    await call({ method: 'GET', path: '/v1/faults/broken' });

    expect(error).toHaveBeenCalledOnce();
    expect(JSON.stringify(error.mock.calls)).toContain('no mail to [address] [number]');
    expect(JSON.stringify(error.mock.calls)).not.toMatch(/ada@|12 34/);
  });
});
