import fc from 'fast-check';
import type { ClientRequest, KeyPlace } from './client-requests.ts';
import { OPEN_KEY, PICKY_KEY } from './fuzz-sources.ts';

/** A write key, or what stands for one, in one of the places where a request may have it. */
export interface KeyGiven {
  readonly place: KeyPlace;
  /** In the JSON anything, elsewhere text. */
  readonly value: unknown;
  /** How it stands in a header, for headers that have several ways. */
  readonly way: number;
}

const BASIC_WAYS: readonly ((key: string) => string)[] = [
  (key) => `Basic ${base64(`${key}:`)}`,
  (key) => `Basic ${base64(key)}`,
  (key) => `Basic ${base64(`${key}:secret`)}`,
  (key) => `basic ${base64(`${key}:`)}`,
  (key) => `BASIC ${base64(`${key}:`)}`,
  (key) => `Basic ${base64(`${key}:`).replaceAll('=', '')}`,
];
const base64 = (text: string): string => Buffer.from(text).toString('base64');

const HEADER_WAYS: readonly ((key: string) => string)[] = [(key) => key, (key) => `${key}:secret`];

const ODD_KEYS_GIVEN: readonly unknown[] = [
  '',
  ' ',
  ':',
  '***',
  `${OPEN_KEY}:***`,
  `${OPEN_KEY} `,
  OPEN_KEY.toUpperCase(),
  'another-write-key',
  'short',
  '__proto__',
  'constructor',
  'k'.repeat(5_000),
  'clé-é',
  null,
  7,
  {},
  [OPEN_KEY],
];

const PLACES = ['basic', 'bearer and body', 'header', 'query', 'body', 'event'] as const;

/** One to three keys in places of all kinds: right, wrong, in a way that is tolerated, or none at all. */
export const keysGiven: fc.Arbitrary<readonly KeyGiven[]> = fc.array(
  fc.record({
    place: fc.constantFrom(...PLACES),
    value: fc.oneof(
      fc.constantFrom<unknown[]>(OPEN_KEY, OPEN_KEY, PICKY_KEY),
      fc.constantFrom(...ODD_KEYS_GIVEN),
    ),
    way: fc.nat(11),
  }),
  { maxLength: 3 },
);

/** The request with a write key in its client's place, or with the keys given instead. */
export function withKeys(
  request: ClientRequest,
  { key, given }: { readonly key: string; readonly given: readonly KeyGiven[] | undefined },
): ClientRequest {
  return (given ?? [{ place: request.key, value: key, way: 0 }]).reduce(withKey, request);
}

function withKey(request: ClientRequest, { place, value, way }: KeyGiven): ClientRequest {
  const { path, headers, body } = request;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  switch (place) {
    case 'basic':
      return { ...request, headers: { ...headers, authorization: choose(BASIC_WAYS, way)(text) } };
    case 'bearer and body':
      return {
        ...request,
        headers: { ...headers, authorization: 'Bearer header.payload.signature' },
        body: { ...body, writeKey: value },
      };
    case 'header':
      return { ...request, headers: { ...headers, 'x-write-key': latin(choose(HEADER_WAYS, way)(text)) } };
    case 'query':
      return { ...request, path: `${path.split('?')[0]}?writeKey=${encodeURIComponent(text)}` };
    case 'body':
      return { ...request, body: { ...body, writeKey: value } };
    case 'event':
      return { ...request, body: onFirst(body, { writeKey: value }) };
  }
}

const choose = <T>(ways: readonly T[], n: number): T => {
  const way = ways[n % ways.length];
  if (way === undefined) throw new Error('there is no way');
  return way;
};

/** A header takes no other characters, and loses the space around it. */
const latin = (text: string): string => text.replaceAll(/[^\x20-\x7e\xa0-\xff]/g, '?').trim();

function onFirst(body: Readonly<Record<string, unknown>>, more: Readonly<Record<string, unknown>>) {
  if (!Array.isArray(body.batch)) return { ...body, ...more };
  const [first, ...rest]: readonly unknown[] = body.batch;
  return { ...body, batch: [typeof first === 'object' ? { ...first, ...more } : first, ...rest] };
}
