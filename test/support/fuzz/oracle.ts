import { gunzipSync } from 'node:zlib';
import type { FuzzRequest } from './fuzz-request.ts';
import { KNOWN_KEYS } from './fuzz-sources.ts';

/**
 * What the contract says of a request, told without any of the product's code.
 *
 * - `taken`: answered 200, and each of so many events is accounted for. `names` are what tells its
 *   messages from others: one that comes twice is one message.
 * - `refused`: answered 4xx, and nothing of it is taken in.
 * - `either`: the contract leaves open whether it is one or the other; it may not be anything else.
 * - `strict`: taken where nothing of it is rejected, and refused otherwise, as its sender asked.
 * - `image`: one event, answered with an image, that tells nothing of what became of it.
 * - `idle`: no request to take events in, so that any answer but a fault will do.
 */
export type Verdict =
  | {
      readonly kind: 'taken' | 'either' | 'strict';
      readonly events: number;
      readonly names: readonly string[];
    }
  | { readonly kind: 'image' }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'idle' };

const BODY_BYTES = 4_000_000;
const BODY_EVENTS = 50_000;
/** Those after them are kept aside. */
export const BATCH_EVENTS = 2_500;
const CALLS = 'track|identify|page|screen|group|alias|t|i|p|s|g|a';
const BATCH_ROUTE = /\/(v1\/(batch|b|import)|beacon\/v1\/batch|api\/s\/(s2s\/)?batch)\/?$/;
const CALL_ROUTE = new RegExp(`/(v1/(${CALLS})|api/s/(s2s/)?(track|identify|page|screen|group|alias))/?$`);
const IMAGE_ROUTE = /\/pixel\/v1\/(track|page)\/?$/;
const TEXT_TYPE = /^(text\/.*|application\/(json|javascript|xml))\s*(;|$)/i;

const refused = (why: string): Verdict => ({ kind: 'refused', why });

/** What has to become of a request. `isBehindGateway`: whether API Gateway hands it on, who spoils bytes that are called text. */
export function expected(
  request: FuzzRequest,
  { isBehindGateway }: { readonly isBehindGateway: boolean },
): Verdict {
  const path = pathOf(request);
  if (path === undefined) return { kind: 'idle' };
  if (request.method === 'GET' && IMAGE_ROUTE.test(path)) return ofImage(request);
  if (request.method !== 'POST') return { kind: 'idle' };
  const isBatch = BATCH_ROUTE.test(path);
  if (!isBatch && !CALL_ROUTE.test(path)) return { kind: 'idle' };

  const bytes = isBehindGateway ? handedOn(request) : request.body;
  if (bytes.length > BODY_BYTES) return refused('too many bytes');
  const plain = unzipped(bytes);
  if (plain === undefined) return refused('no gzip, or too much of it');
  const body = jsonOf(plain.toString());
  if (!isObject(body)) return refused('no JSON object');
  const batch = isBatch ? own(body, 'batch') : [body];
  if (!isArray(batch) || batch.length === 0) return refused('no events');

  if (batch.length > BODY_EVENTS) return refused('too many events');
  const named = own(body, 'batch');
  const keys = keysOf(request, [body, isArray(named) ? named[0] : undefined]);
  if (!keys.some((key) => KNOWN_KEYS.has(key))) return refused('no known key');
  // Which of several keys counts is written; whether a wrong one before the right one ends it is not,
  // and neither is whether a key counts on the first of a batch where none is expected
  const isSure = keys.every((key) => KNOWN_KEYS.has(key)) && isUtf8(plain) && (isBatch || !isArray(named));
  return {
    kind: !isSure ? 'either' : request.headers['x-strict-mode'] === '1' ? 'strict' : 'taken',
    events: batch.length,
    names: batch.map((event) => nameOf(event)),
  };
}

function ofImage(request: FuzzRequest): Verdict {
  const keys = keysOf(request, []);
  return keys.some((key) => KNOWN_KEYS.has(key)) ? { kind: 'image' } : refused('no known key');
}

/** The path without its query, decoded; nothing where it is not percent-encoded as it should be. */
export function pathOf({ path }: Pick<FuzzRequest, 'path'>): string | undefined {
  try {
    return decodeURIComponent(path.split('?')[0] ?? '');
  } catch {
    return undefined;
  }
}

/** An HTTP API passes on as text whatever calls itself text and names no encoding. */
function handedOn({ headers, body }: FuzzRequest): Buffer {
  const isText = TEXT_TYPE.test(headers['content-type'] ?? '') && headers['content-encoding'] === undefined;
  return isText ? Buffer.from(body.toString()) : body;
}

/** By its first bytes, whatever it is called; nothing where it is no gzip after all, or of more than twice a body. */
function unzipped(bytes: Buffer): Buffer | undefined {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: 2 * BODY_BYTES });
  } catch {
    return undefined;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
  } catch {
    return undefined;
  }
}

const isUtf8 = (bytes: Buffer): boolean => bytes.equals(Buffer.from(bytes.toString()));

/** All keys that a request gives, in the order in which they count. A blank or a masked one is none. */
function keysOf({ path, headers }: FuzzRequest, holders: readonly unknown[]): readonly string[] {
  const [scheme = '', credentials = ''] = (headers.authorization ?? '').split(/ +/);
  const query = new URLSearchParams(path.split('?').slice(1).join('?'));
  return [
    scheme.toLowerCase() === 'basic' ? Buffer.from(credentials, 'base64').toString() : undefined,
    headers['x-write-key'],
    query.get('writeKey'),
    ...holders.map((holder) => (isObject(holder) ? own(holder, 'writeKey') : undefined)),
  ].flatMap((given) => {
    if (typeof given !== 'string' || given.endsWith('***')) return [];
    const [key = ''] = given.split(':');
    return key === '' ? [] : [key];
  });
}

/**
 * What tells a message from others: its id, or without one all that it says but for when it was sent; and
 * whose it is. Empty for what is nobody's, or nested so deep that nothing of it is taken in.
 */
function nameOf(event: unknown): string {
  if (!isObject(event)) return '';
  const whose = ['userId', 'anonymousId'].map((name) => own(event, name) ?? '');
  if (whose.every((id) => id === '')) return '';
  const id = own(event, 'messageId');
  const said = typeof id === 'string' && id !== '' ? id : { ...event, sentAt: undefined };
  try {
    return JSON.stringify([said, ...whose]);
  } catch {
    return '';
  }
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isArray = (value: unknown): value is readonly unknown[] => Array.isArray(value);

const own = (holder: object, name: string): unknown =>
  Object.hasOwn(holder, name) ? Reflect.get(holder, name) : undefined;
