/** One rule of a bucket's `CorsConfiguration`. */
export interface CorsRule {
  readonly AllowedOrigins: readonly string[];
  readonly AllowedMethods: readonly string[];
  readonly AllowedHeaders: readonly string[];
  readonly ExposedHeaders: readonly string[];
  readonly MaxAge?: number | undefined;
}

/** A request of a browser's page. */
export interface CorsRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A browser asking leave before the request itself, which nobody signs. */
export const isPreflight = ({ method, headers }: CorsRequest): boolean =>
  method === 'OPTIONS' &&
  headers.origin !== undefined &&
  headers['access-control-request-method'] !== undefined;

/**
 * The headers that let a page of the request's origin go on, by the first rule that allows it; none without one.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html
 */
export function corsHeaders(
  rules: readonly CorsRule[],
  request: CorsRequest,
): Record<string, string> | undefined {
  const { origin } = request.headers;
  if (origin === undefined) return undefined;
  const asks = isPreflight(request);
  const method = asks ? (request.headers['access-control-request-method'] ?? '') : request.method;
  const named = (asks ? (request.headers['access-control-request-headers'] ?? '') : '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  const rule = rules.find(
    ({ AllowedOrigins, AllowedMethods, AllowedHeaders }) =>
      AllowedOrigins.some((allowed) => covers(allowed, origin)) &&
      AllowedMethods.includes(method) &&
      named.every((name) => AllowedHeaders.some((allowed) => covers(allowed.toLowerCase(), name))),
  );
  if (rule === undefined) return undefined;

  const everybody = rule.AllowedOrigins.includes('*');
  return {
    'access-control-allow-origin': everybody ? '*' : origin,
    ...(!everybody && { 'access-control-allow-credentials': 'true' }),
    'access-control-allow-methods': rule.AllowedMethods.join(', '),
    ...(named.length > 0 && { 'access-control-allow-headers': named.join(', ') }),
    ...(rule.ExposedHeaders.length > 0 && {
      'access-control-expose-headers': rule.ExposedHeaders.join(', '),
    }),
    ...(asks && rule.MaxAge !== undefined && { 'access-control-max-age': String(rule.MaxAge) }),
    vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
  };
}

/** A name, or a pattern with one `*`. */
function covers(pattern: string, text: string): boolean {
  const [head = '', tail] = pattern.split('*', 2);
  if (tail === undefined) return text === pattern;
  return text.length >= head.length + tail.length && text.startsWith(head) && text.endsWith(tail);
}
