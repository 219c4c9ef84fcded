import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { AwsError } from './aws-call.ts';

interface PresignedRequest {
  readonly method: string;
  /** With the query string, as it came. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

const MAX_SECONDS = 7 * 24 * 3600;

/**
 * Checks a request that its query signs, as a page or curl sends it who holds no credentials: that nothing of what was
 * signed is changed, and that it has not expired. A request that a header signs is let through unchecked.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
 *
 * @throws {AwsError} as S3 refuses it.
 */
export function checkPresigned(
  request: PresignedRequest,
  { secretAccessKey, now }: { readonly secretAccessKey: string; readonly now: number },
): void {
  if (request.headers.authorization !== undefined) return;
  const [, search = ''] = request.path.split('?', 2);
  const query = new URLSearchParams(search);
  const [signed, seconds] = [timeOf(query.get('X-Amz-Date')), Number(query.get('X-Amz-Expires'))];
  if (query.get('X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256' || Number.isNaN(signed)) throw malformed();
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > MAX_SECONDS) throw malformed();
  if (now >= signed + seconds * 1000) throw new AwsError('AccessDenied', 'Request has expired', 403);
  const given = Buffer.from(query.get('X-Amz-Signature') ?? '', 'hex');
  const right = signatureOf(request, query, secretAccessKey);
  if (given.length === right.length && timingSafeEqual(given, right)) return;
  throw new AwsError(
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided.',
    403,
  );
}

/** `20261122T101500Z` */
function timeOf(text: string | null): number {
  return Date.parse((text ?? '').replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\dZ)$/, '$1-$2-$3:$4:$5'));
}

function signatureOf(request: PresignedRequest, query: URLSearchParams, secret: string): Buffer {
  const { method, path, headers } = request;
  const names = (query.get('X-Amz-SignedHeaders') ?? '').split(';');
  const parameters = [...query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .toSorted();
  const canonical = [
    method,
    canonicalPath(path.split('?', 1)[0] ?? ''),
    parameters.join('&'),
    ...names.map((name) => `${name}:${(headers[name] ?? '').trim().replace(/ +/g, ' ')}`),
    '',
    names.join(';'),
    'UNSIGNED-PAYLOAD',
  ].join('\n');
  const date = query.get('X-Amz-Date') ?? '';
  const [, ...scope] = (query.get('X-Amz-Credential') ?? '').split('/');
  const hashed = createHash('sha256').update(canonical).digest('hex');
  const key = scope.reduce<Buffer | string>((above, part) => hmac(above, part), `AWS4${secret}`);
  return hmac(key, ['AWS4-HMAC-SHA256', date, scope.join('/'), hashed].join('\n'));
}

/** However a client wrote it. */
const canonicalPath = (pathname: string): string =>
  pathname
    .split('/')
    .map((segment) => encode(decode(segment)))
    .join('/');

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new AwsError('InvalidURI', `Couldn't parse the specified URI: ${segment}`);
  }
}

const encode = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

const hmac = (key: Buffer | string, text: string): Buffer => createHmac('sha256', key).update(text).digest();

const malformed = (): AwsError =>
  new AwsError('AuthorizationQueryParametersError', 'Error parsing the X-Amz parameters of the query');
