import type { IncomingMessage } from 'node:http';

/** An API's `CorsConfiguration`. */
export interface Cors {
  readonly allowOrigins: readonly string[];
  readonly allowMethods: readonly string[];
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly maxAge?: number | undefined;
  readonly allowCredentials: boolean;
}

/** A browser asking leave before the request itself: the API answers it without any route. */
export const isPreflight = ({ method, headers }: IncomingMessage): boolean =>
  method === 'OPTIONS' &&
  headers.origin !== undefined &&
  headers['access-control-request-method'] !== undefined;

/** `*`, `https://*` or one origin. */
const isWithin = (allowed: string, origin: string): boolean =>
  allowed.endsWith('*') ? origin.startsWith(allowed.slice(0, -1)) : origin === allowed;

/** The headers that let a page of the request's origin read an answer; none for an origin not on the list. */
export function corsHeaders(cors: Cors, request: IncomingMessage): Record<string, string> {
  const { origin } = request.headers;
  if (origin === undefined || !cors.allowOrigins.some((allowed) => isWithin(allowed, origin))) return {};

  const everybody = cors.allowOrigins.includes('*') && !cors.allowCredentials;
  const headers: Record<string, string> = { 'access-control-allow-origin': everybody ? '*' : origin };
  if (cors.allowCredentials) headers['access-control-allow-credentials'] = 'true';
  if (cors.exposeHeaders.length > 0) {
    headers['access-control-expose-headers'] = cors.exposeHeaders.join(',');
  }
  if (!isPreflight(request)) return headers;

  headers['access-control-allow-methods'] = cors.allowMethods.join(',');
  headers['access-control-allow-headers'] = cors.allowHeaders.join(',');
  if (cors.maxAge !== undefined) headers['access-control-max-age'] = String(cors.maxAge);
  return headers;
}
