import type { KeyObject } from 'node:crypto';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener } from 'node:http';
import type { Invoker } from '#local/lambda/invoker.ts';
import type { MayInvoke } from '#local/resources/lambda-permission.ts';
import { type Cors, corsHeaders, isPreflight } from './cors.ts';
import { authorizeJwt, type JwtAuthorizer } from './jwt-authorizer.ts';
import { proxyEvent } from './proxy-event.ts';
import { type HttpAnswer, ownAnswer, proxyAnswer } from './proxy-response.ts';
import { findRoute, type Match, type Route } from './routes.ts';
import { createThrottle, type Throttling } from './throttle.ts';

/** A route with what stands behind it. */
export interface ApiRoute extends Route {
  readonly functionArn: string;
  readonly authorizer?: JwtAuthorizer | undefined;
  readonly scopes: readonly string[];
}

/** An HTTP API of the template with its one stage, `$default`. */
export interface HttpApi {
  readonly logicalId: string;
  readonly apiId: string;
  /** `arn:aws:execute-api:region:account:api-id`, the beginning of what a permission names. */
  readonly arn: string;
  readonly account: string;
  readonly routes: readonly ApiRoute[];
  readonly cors?: Cors | undefined;
  readonly throttling?: Throttling | undefined;
}

export interface HttpApiDependencies {
  readonly invoker: Invoker;
  readonly mayInvoke: MayInvoke;
  /** The key that tokens are signed with. */
  readonly tokenKey: KeyObject;
  readonly log: (line: string) => void;
}

// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
const MAX_BODY_BYTES = 10 * 1024 * 1024;
const INTEGRATION_TIMEOUT_MS = 30_000;

/** Answers requests as API Gateway does for an HTTP API whose routes all lead to functions. */
export function answerHttpApi(api: HttpApi, dependencies: HttpApiDependencies): RequestListener {
  const admits =
    api.throttling === undefined ? () => true : createThrottle(api.throttling, () => performance.now());

  return async function onRequest(request, response) {
    const requestId = randomUUID();
    const answer = await answerRequest({ api, admits, request, requestId }, dependencies).catch(
      (error: unknown) => {
        dependencies.log(`${api.logicalId}: ${error instanceof Error ? error.stack : error}`);
        return ownAnswer(500, 'Internal Server Error');
      },
    );
    const { cors } = api;
    for (const [name, value] of Object.entries(answer.headers)) {
      // with a CORS configuration the API's own headers are the only ones
      const isOverruled = cors !== undefined && name.startsWith('access-control-');
      if (!isOverruled) response.setHeader(name, value);
    }
    for (const [name, value] of Object.entries(cors === undefined ? {} : corsHeaders(cors, request))) {
      response.setHeader(name, value);
    }
    response.setHeader('apigw-requestid', requestId);
    response.writeHead(answer.status).end(answer.body);
  };
}

interface Incoming {
  readonly api: HttpApi;
  readonly admits: (routeKey: string) => boolean;
  readonly request: IncomingMessage;
  readonly requestId: string;
}

async function answerRequest(incoming: Incoming, dependencies: HttpApiDependencies): Promise<HttpAnswer> {
  const { api, admits, request } = incoming;
  const body = await readBody(request);
  if (api.cors !== undefined && isPreflight(request)) return { status: 204, headers: {}, body: '' };

  const path = (request.url ?? '/').split('?')[0] ?? '/';
  if (!isPercentEncoded(path)) return ownAnswer(400, 'Bad Request');
  const match = findRoute(api.routes, { method: request.method ?? 'GET', path });
  if (match === undefined) return ownAnswer(404, 'Not Found');
  if (!admits(match.route.key)) return ownAnswer(429, 'Too Many Requests');
  if (body === undefined) return ownAnswer(413, 'Request Entity Too Large');

  const { authorizer, scopes } = match.route;
  if (authorizer === undefined) return integrate({ ...incoming, match, body }, dependencies);
  const key = dependencies.tokenKey;
  const authorization = await authorizeJwt(request.headers.authorization, { authorizer, scopes, key });
  if (authorization.allowed) {
    return integrate({ ...incoming, match, body, authorizer: authorization.authorizer }, dependencies);
  }
  const { status, error } = authorization;
  return ownAnswer(status, status === 401 ? 'Unauthorized' : 'Forbidden', {
    'www-authenticate': `Bearer scope="${scopes.join(' ')}" error="invalid_token" error_description="${error}"`,
  });
}

interface Integration extends Incoming {
  readonly match: Match<ApiRoute>;
  readonly body: Buffer;
  readonly authorizer?: object;
}

async function integrate(
  { api, request, requestId, match, body, authorizer }: Integration,
  { invoker, mayInvoke, log }: HttpApiDependencies,
): Promise<HttpAnswer> {
  const { route, pathParameters } = match;
  const { functionArn } = route;
  const [method, path] = route.key === '$default' ? ['*', '/$default'] : route.key.split(' ');
  const sourceArn = `${api.arn}/$default/${method === 'ANY' ? '*' : method}${path}`;
  if (!mayInvoke({ functionArn, service: 'apigateway.amazonaws.com', sourceArn })) {
    log(
      `${api.logicalId}: no AWS::Lambda::Permission lets apigateway.amazonaws.com invoke ${functionArn} for ${sourceArn}`,
    );
    return ownAnswer(500, 'Internal Server Error');
  }

  const event = proxyEvent({
    request,
    body,
    routeKey: route.key,
    pathParameters,
    authorizer,
    apiId: api.apiId,
    account: api.account,
    requestId,
    at: new Date(),
  });
  const result = await within(INTEGRATION_TIMEOUT_MS, invoker.invoke(functionArn, event));
  if (result === undefined) return ownAnswer(503, 'Service Unavailable');
  if (result.ok) return proxyAnswer(result.payload);
  if (result.errorType === 'RequestEntityTooLargeException')
    return ownAnswer(413, 'Request Entity Too Large');
  log(`${api.logicalId}: ${route.key}: ${functionArn} failed: ${result.errorType}: ${result.errorMessage}`);
  return ownAnswer(500, 'Internal Server Error');
}

/** The whole body, or nothing where it is too large; that is read to its end all the same, for the client's sake. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
    else chunks.length = 0;
  }
  return size <= MAX_BODY_BYTES ? Buffer.concat(chunks) : undefined;
}

function isPercentEncoded(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

async function within<T>(limitMs: number, work: Promise<T>): Promise<T | undefined> {
  const limit = Promise.withResolvers<undefined>();
  const timer = setTimeout(limit.resolve, limitMs, undefined);
  const result = await Promise.race([work, limit.promise]);
  clearTimeout(timer);
  return result;
}
