import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

export interface ProxyRequest {
  readonly request: IncomingMessage;
  readonly body: Buffer;
  readonly routeKey: string;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly authorizer: object | undefined;
  readonly apiId: string;
  readonly account: string;
  readonly requestId: string;
  readonly at: Date;
}

const TEXT_TYPES = /^(text\/.*|application\/(json|javascript|xml))\s*(;|$)/i;

/**
 * What a function gets of an HTTP request: payload format 2.0 of an HTTP API's Lambda proxy integration.
 *
 * The path comes decoded and the query string as it was sent, which is API Gateway's way.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function proxyEvent({ request, body, routeKey, pathParameters, authorizer, ...rest }: ProxyRequest) {
  const { method = 'GET', url = '/', headers, socket, httpVersion } = request;
  const [path = '/', ...query] = url.split('?');
  const rawQueryString = query.join('?');
  const rawPath = decodeURIComponent(path);
  const domainName = headers.host ?? '127.0.0.1';
  const isText = TEXT_TYPES.test(headers['content-type'] ?? '') && headers['content-encoding'] === undefined;

  return {
    version: '2.0',
    routeKey,
    rawPath,
    rawQueryString,
    ...(headers.cookie !== undefined && { cookies: headers.cookie.split(/;\s*/) }),
    headers: {
      ...plainHeaders(headers),
      'x-forwarded-for': socket.remoteAddress,
      'x-forwarded-proto': 'http',
    },
    ...(rawQueryString !== '' && { queryStringParameters: queryParameters(rawQueryString) }),
    ...(Object.keys(pathParameters).length > 0 && { pathParameters }),
    requestContext: {
      accountId: rest.account,
      apiId: rest.apiId,
      ...(authorizer !== undefined && { authorizer }),
      domainName,
      domainPrefix: domainName.split('.')[0],
      http: {
        method,
        path: rawPath,
        protocol: `HTTP/${httpVersion}`,
        sourceIp: socket.remoteAddress,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: rest.requestId,
      routeKey,
      stage: '$default',
      time: clfTime(rest.at),
      timeEpoch: rest.at.getTime(),
    },
    ...(body.length > 0 && { body: body.toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

/** Names in lower case, repeated headers joined; cookies stand apart, and what is of one hop stays behind. */
function plainHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const { cookie: _, connection: __, 'transfer-encoding': ___, ...kept } = headers;
  const entries = Object.entries(kept).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(',') : value] as const],
  );
  return Object.fromEntries(entries);
}

function queryParameters(query: string): Record<string, string> {
  const parameters = new URLSearchParams(query);
  return Object.fromEntries([...parameters.keys()].map((name) => [name, parameters.getAll(name).join(',')]));
}

/** `12/Mar/2026:19:03:58 +0000` */
function clfTime(at: Date): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(at.toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
}
