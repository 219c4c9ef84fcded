import type { HttpRequest } from '#functions/runtime/http.ts';

/** What of a request may name its source. */
type Keyed = Pick<HttpRequest, 'headers' | 'query'>;

/**
 * The write key of a request: the first there is of Basic authentication's user, `X-Write-Key`,
 * `?writeKey=`, and `writeKey` in the body or on its first event, which are the ways of Segment's,
 * Jitsu's, RudderStack's beacon's and React Native's SDKs.
 *
 * Whatever follows a colon is a password or Jitsu's secret, and not looked at: a write key only writes,
 * and stands for all to read in the pages that send with it. A masked key (`id:***`) is none.
 */
export function writeKeyOf({ headers, query }: Keyed, body?: unknown): string | undefined {
  const key =
    basicUser(headers.authorization) ??
    keyIn(headers['x-write-key']) ??
    keyIn(query.writeKey) ??
    keyIn(property(body, 'writeKey')) ??
    keyIn(property(firstOf(property(body, 'batch')), 'writeKey'));
  return key !== undefined && PRINTABLE.test(key) ? key : undefined;
}

/** Anything else is no key of ours, and need not be looked for. */
const PRINTABLE = /^[\x21-\x7e]{1,100}$/;
const BASIC = /^basic +/i;

function basicUser(authorization: string | undefined): string | undefined {
  if (authorization === undefined || !BASIC.test(authorization)) return undefined;
  return keyIn(Buffer.from(authorization.replace(BASIC, ''), 'base64').toString('utf8'));
}

function keyIn(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.endsWith('***')) return undefined;
  const colon = value.indexOf(':');
  const key = colon === -1 ? value : value.slice(0, colon);
  return key === '' ? undefined : key;
}

const firstOf = (value: unknown): unknown => (Array.isArray(value) ? value[0] : undefined);

function property(holder: unknown, name: 'writeKey' | 'batch'): unknown {
  if (typeof holder !== 'object' || holder === null) return undefined;
  return Reflect.get(holder, name);
}
