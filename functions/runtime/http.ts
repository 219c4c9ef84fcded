import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { CdpError, RequestError, ThrottledError } from '#shared/kernel/errors.ts';
import { describeFault, isRetryable } from './fault.ts';
import { routerOf } from './router.ts';
import { logger, telemetry } from './telemetry.ts';

/** A request as a route sees it: decoded, and of no particular gateway. */
export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The bytes as they were sent; empty without a body. */
  readonly body: Buffer;
  /** What the token says of the caller, where the API has an authorizer. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** When the gateway received it. */
  readonly receivedAt: number;
  readonly requestId: string;
  /** The host that the client asked for. */
  readonly domainName: string;
  /** The address that the gateway was asked from. */
  readonly sourceIp: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string and bytes are sent as they stand, anything else as JSON; nothing is an empty body. */
  readonly body?: unknown;
}

export interface HttpRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS';
  /** `/v1/segments/{id}` */
  readonly path: string;
  readonly handle: (request: HttpRequest) => Promise<HttpAnswer> | HttpAnswer;
}

interface HttpOptions {
  readonly capability: string;
  readonly routes: readonly HttpRoute[];
  /** A longer body is answered with 413. @default what the gateway lets through */
  readonly maxBodyBytes?: number;
  /** @default Date.now */
  readonly now?: () => number;
}

type Event = APIGatewayProxyEventV2;
type Result = APIGatewayProxyStructuredResultV2;

/**
 * Makes the Lambda handler of an HTTP API out of routes, and of what they throw an answer:
 * a RequestError is told to the caller with its status, a ThrottledError is 429 and any other fault that
 * passes 503, both with Retry-After, the rest is 500 and logged. Bodies are never logged.
 */
export function httpHandler({ capability, routes, maxBodyBytes = Infinity, now = Date.now }: HttpOptions) {
  // The gateway says which route it matched, with decoded parameters; behind a catch-all route we match.
  const matched = new Map(routes.map((route) => [`${route.method} ${route.path}`, route]));
  const match = routerOf(routes);
  const routeOf = (event: Event) => {
    const route = matched.get(event.routeKey);
    if (route !== undefined) return { route, pathParameters: present(event.pathParameters) };
    const { method, path } = event.requestContext.http;
    return match(method, path);
  };

  return middy<Event, Result>()
    .use(telemetry(capability))
    .onError((request) => {
      request.response = answerTo(request.error);
    })
    .handler(async (event: Event) => {
      const found = routeOf(event);
      if (found === undefined) throw noSuchRoute();
      const request = requestOf(event, found.pathParameters, now);
      if (request.body.length > maxBodyBytes) throw tooLarge(maxBodyBytes);
      return resultOf(await found.route.handle(request));
    });
}

function requestOf(
  event: Event,
  pathParameters: HttpRequest['pathParameters'],
  now: () => number,
): HttpRequest {
  const { requestContext } = event;
  const authorizer: unknown = 'authorizer' in requestContext ? requestContext.authorizer : undefined;
  return {
    method: requestContext.http.method,
    path: requestContext.http.path,
    pathParameters,
    query: present(event.queryStringParameters),
    headers: present(event.headers, (name) => name.toLowerCase()),
    body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
    claims: property(property(authorizer, 'jwt'), 'claims'),
    receivedAt: requestContext.timeEpoch > 0 ? requestContext.timeEpoch : now(),
    requestId: requestContext.requestId,
    domainName: requestContext.domainName,
    sourceIp: requestContext.http.sourceIp,
  };
}

/** What has a value, under its name as `named` writes it. */
function present(
  values: Readonly<Record<string, string | undefined>> | undefined,
  named: (name: string) => string = (name) => name,
): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name in values) {
    const value = values[name];
    if (value !== undefined) found[named(name)] = value;
  }
  return found;
}

function property(holder: unknown, name: string): Record<string, unknown> {
  if (typeof holder !== 'object' || holder === null) return {};
  const value: unknown = Reflect.get(holder, name);
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function resultOf({ status, headers = {}, body }: HttpAnswer): Result {
  if (body === undefined) return { statusCode: status, headers: { ...headers } };
  if (typeof body === 'string') return { statusCode: status, headers: { ...headers }, body };
  if (Buffer.isBuffer(body)) {
    return {
      statusCode: status,
      headers: { ...headers },
      body: body.toString('base64'),
      isBase64Encoded: true,
    };
  }
  return {
    statusCode: status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
}

function answerTo(fault: unknown): Result {
  if (fault instanceof RequestError) {
    const { status, code, message, details } = fault;
    return resultOf({ status, body: { code, message, details } });
  }
  if (isRetryable(fault)) return laterTo(fault);
  logger.error('answered 500', describeFault(fault));
  const body = { code: 'INTERNAL', message: 'an error on our side, which has been logged', details: [] };
  return resultOf({ status: 500, body });
}

/** What was too much in one second is less in another: whoever waits longer is not refused again with all the rest. */
const THROTTLED_SECONDS = 5;
const UNAVAILABLE_SECONDS = 1;

function laterTo(fault: unknown): Result {
  const isThrottled = fault instanceof ThrottledError;
  const status = isThrottled ? 429 : 503;
  logger.warn(`answered ${status}`, describeFault(fault));
  const code = fault instanceof CdpError ? fault.code : 'UNAVAILABLE';
  const message = isThrottled
    ? 'more comes in than is taken; send it again later'
    : 'not available at the moment; try again';
  const seconds = isThrottled ? THROTTLED_SECONDS : UNAVAILABLE_SECONDS;
  return resultOf({
    status,
    headers: { 'retry-after': String(seconds) },
    body: { code, message, details: [] },
  });
}

const noSuchRoute = (): RequestError =>
  new RequestError({ status: 404, code: 'NO_SUCH_ROUTE', message: 'no such route' });

const tooLarge = (maxBodyBytes: number): RequestError =>
  new RequestError({
    status: 413,
    code: 'BODY_TOO_LARGE',
    message: `the body is larger than ${maxBodyBytes} bytes`,
  });
