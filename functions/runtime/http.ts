import middy from '@middy/core';
import httpRouter from '@middy/http-router';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { CdpError, RequestError, ThrottledError } from '#shared/kernel/errors.ts';
import { describeFault, isRetryable } from './fault.ts';
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
  const serve = (route: HttpRoute) => async (event: Event) => {
    const request = requestOf(event, now);
    if (request.body.length > maxBodyBytes) throw tooLarge(maxBodyBytes);
    return resultOf(await route.handle(request));
  };

  // The gateway says which route it matched, with decoded parameters; behind a catch-all route we match.
  const matched = new Map(routes.map((route) => [`${route.method} ${route.path}`, serve(route)]));
  const matching = httpRouter({
    routes: routes.map((route) => ({
      method: route.method,
      path: route.path,
      handler: (event: Event) => serve(route)(withDecodedParameters(event)),
    })),
    notFoundResponse: noSuchRoute,
  });

  return middy<Event, Result>()
    .use(telemetry(capability))
    .onError((request) => {
      request.response = answerTo(request.error);
    })
    .handler(async (event: Event, context: Context) => {
      const route = matched.get(event.routeKey);
      if (route !== undefined) return route(event);
      const signal = new AbortController().signal;
      return (await matching({ ...event, pathParameters: {} }, context, { signal })) ?? noSuchRoute();
    });
}

function requestOf(event: Event, now: () => number): HttpRequest {
  const { requestContext } = event;
  const authorizer: unknown = 'authorizer' in requestContext ? requestContext.authorizer : undefined;
  return {
    method: requestContext.http.method,
    path: requestContext.http.path,
    pathParameters: present(event.pathParameters),
    query: present(event.queryStringParameters),
    headers: Object.fromEntries(
      Object.entries(present(event.headers)).map(([name, value]) => [name.toLowerCase(), value]),
    ),
    body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
    claims: property(property(authorizer, 'jwt'), 'claims'),
    receivedAt: requestContext.timeEpoch > 0 ? requestContext.timeEpoch : now(),
    requestId: requestContext.requestId,
    domainName: requestContext.domainName,
    sourceIp: requestContext.http.sourceIp,
  };
}

function present(values: Readonly<Record<string, string | undefined>> | undefined): Record<string, string> {
  const entries = Object.entries(values ?? {});
  return Object.fromEntries(entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

function property(holder: unknown, name: string): Record<string, unknown> {
  if (typeof holder !== 'object' || holder === null) return {};
  const value: unknown = Reflect.get(holder, name);
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function withDecodedParameters(event: Event): Event {
  const decoded = Object.entries(present(event.pathParameters)).map(([name, value]) => [name, decode(value)]);
  return { ...event, pathParameters: Object.fromEntries(decoded) };
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw new RequestError({
      status: 400,
      code: 'INVALID_PATH',
      message: 'the path is not valid percent-encoding',
    });
  }
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

function noSuchRoute(): never {
  throw new RequestError({ status: 404, code: 'NO_SUCH_ROUTE', message: 'no such route' });
}

const tooLarge = (maxBodyBytes: number): RequestError =>
  new RequestError({
    status: 413,
    code: 'BODY_TOO_LARGE',
    message: `the body is larger than ${maxBodyBytes} bytes`,
  });
