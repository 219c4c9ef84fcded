import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';

interface HttpEventOptions {
  readonly method: string;
  readonly path: string;
  readonly query?: Record<string, string>;
  readonly headers?: Record<string, string>;
  /** An object is sent as JSON, bytes as base64. */
  readonly body?: unknown;
  readonly claims?: Record<string, string>;
  readonly receivedAt?: number;
  /** The route that the gateway matched; without one, a catch-all route. */
  readonly matched?: { readonly routeKey: string; readonly pathParameters: Record<string, string> };
}

/** What API Gateway hands to the function of an HTTP API, payload format 2.0. */
export function httpEvent(options: HttpEventOptions): APIGatewayProxyEventV2 {
  const {
    method,
    path,
    query,
    headers = {},
    body,
    claims,
    receivedAt = 1_795_000_000_000,
    matched,
  } = options;
  const binary = Buffer.isBuffer(body);
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const context: APIGatewayProxyEventV2['requestContext'] = {
    accountId: '000000000000',
    apiId: 'api',
    domainName: 'api.test',
    domainPrefix: 'api',
    http: { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'test' },
    requestId: 'request-1',
    routeKey: matched?.routeKey ?? '$default',
    stage: '$default',
    time: '18/Nov/2026:08:26:40 +0000',
    timeEpoch: receivedAt,
  };
  return {
    version: '2.0',
    routeKey: matched?.routeKey ?? '$default',
    rawPath: path,
    rawQueryString: new URLSearchParams(query).toString(),
    headers,
    requestContext: claims === undefined ? context : { ...context, ...authorized(claims) },
    isBase64Encoded: binary,
    ...(query !== undefined && { queryStringParameters: query }),
    ...(matched !== undefined && { pathParameters: matched.pathParameters }),
    ...(body !== undefined && { body: binary ? body.toString('base64') : text }),
  };
}

const authorized = (claims: Record<string, string>) => ({ authorizer: { jwt: { claims, scopes: null } } });

/** The second argument of a handler. */
export const lambdaContext: Context = {
  callbackWaitsForEmptyEventLoop: true,
  functionName: 'function',
  functionVersion: '$LATEST',
  invokedFunctionArn: 'arn:aws:lambda:eu-west-1:000000000000:function:function',
  memoryLimitInMB: '512',
  awsRequestId: 'invocation-1',
  logGroupName: 'group',
  logStreamName: 'stream',
  getRemainingTimeInMillis: () => 30_000,
  done: () => undefined,
  fail: () => undefined,
  succeed: () => undefined,
};
