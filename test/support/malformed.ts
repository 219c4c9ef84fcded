import { deflateSync, gzipSync } from 'node:zlib';
import { type Random, seededRandom } from '#demo/random.ts';
import { LOCAL_WRITE_KEY } from '#local/local-source.ts';
import { basic } from './collect.ts';
import { FIELDS, ODD_KEYS, ODD_TIMES, ODD_VALUES } from './odd-values.ts';

/** A request that no client of ours would send. */
export interface OddRequest {
  readonly kind: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

interface Making {
  readonly random: Random;
  /** Unlike that of any other request, so that what is taken in after all can be counted. */
  readonly id: string;
}

type Make = (making: Making) => Partial<Omit<OddRequest, 'kind'>>;

const BATCH = '/v1/batch';
const CALLS = ['track', 'identify', 'page', 'screen', 'group', 'alias'] as const;
const json = (value: unknown) => ({ body: JSON.stringify(value) });
const event = ({ id }: Making, more: object = {}) => ({
  type: 'track',
  event: 'Odd',
  anonymousId: `odd-${id}`,
  messageId: `odd-${id}`,
  ...more,
});
const batch = (...events: readonly unknown[]) => json({ batch: events });

const nested = (depth: number, [open, close]: readonly [string, string], inside: string): string =>
  `${open.repeat(depth)}${inside}${close.repeat(depth)}`;

/** All kinds of wrong there are, by name. */
const KINDS: Readonly<Record<string, Make>> = {
  'cut off JSON': (m) => {
    const whole = JSON.stringify({ batch: [event(m)] });
    return { body: whole.slice(0, m.random.integer(0, whole.length - 1)) };
  },
  'JSON of another dialect': ({ random }) => ({
    body: random.pick([
      "{'batch': []}",
      '{batch: []}',
      '{"batch": [],}',
      'NaN',
      '{"batch": [NaN]}',
      '// {}',
      '{"a":1}{"b":2}',
    ]),
  }),
  'no object': ({ random }) => json(random.pick(ODD_VALUES)),
  'a batch that is none': ({ random }) => json({ batch: random.pick(ODD_VALUES) }),
  'members that are no events': ({ random }) => batch(random.pick(ODD_VALUES), random.pick(ODD_VALUES)),
  'a field of another type': (m) => batch(event(m, { [m.random.pick(FIELDS)]: m.random.pick(ODD_VALUES) })),
  'several such fields': (m) =>
    batch(event(m, Object.fromEntries(FIELDS.map((field) => [field, m.random.pick(ODD_VALUES)])))),
  'a call of another route': (m) => ({
    path: `/v1/${m.random.pick(CALLS)}`,
    ...json(
      event(m, { type: m.random.pick(ODD_VALUES), [m.random.pick(FIELDS)]: m.random.pick(ODD_VALUES) }),
    ),
  }),
  'missing ids': (m) =>
    batch(event(m, { anonymousId: undefined }), event(m, { anonymousId: null, userId: '' })),
  'a time that is none': (m) => batch(event(m, { timestamp: m.random.pick(ODD_TIMES) })),
  'a kind that is none': (m) =>
    batch(event(m, { type: m.random.pick(['buy', 'TRACK ', '', 'track\u0000', '__proto__']) })),
  'names of what every object has': (m) => {
    const [key, id] = [m.random.pick(ODD_KEYS), m.id];
    const fields = `"type":"track","event":${JSON.stringify(key)},"anonymousId":"odd-${id}","messageId":"odd-${id}"`;
    const inner = `{${JSON.stringify(key)}:{"polluted":true},"__proto__":{"polluted":true}}`;
    return {
      body: `{"__proto__":{"isAdmin":true},"batch":[{${fields},"properties":${inner},"traits":${inner}}]}`,
    };
  },
  'ids of what every object has': (m) =>
    batch(event(m, { userId: m.random.pick(ODD_KEYS), traits: { email: m.random.pick(ODD_KEYS) } })),
  'broken Unicode': (m) => ({
    body: Buffer.concat([
      Buffer.from(
        `{"batch":[{"type":"track","event":"Odd","anonymousId":"odd-${m.id}","messageId":"odd-${m.id}","properties":{"a":"`,
      ),
      Buffer.from([0xc3, 0x28, 0xed, 0xa0, 0x80, 0xf8, 0xff]),
      Buffer.from('\\ud800 \\udc00\\u0000"}}]}'),
    ]),
  }),
  'UTF-16': (m) => ({ body: Buffer.from(`\uFEFF${JSON.stringify({ batch: [event(m)] })}`, 'utf16le') }),
  'depth in an event': (m) => ({
    body: `{"batch":[{"type":"track","event":"Odd","anonymousId":"odd-${m.id}","messageId":"odd-${m.id}","properties":${nested(
      m.random.integer(10, 100_000),
      ['{"a":', '}'],
      '1',
    )}}]}`,
  }),
  'depth in place of an event': ({ random }) => ({
    body: `{"batch":[${nested(random.integer(10, 200_000), ['[', ']'], '')}]}`,
  }),
  'depth beside the batch': (m) => ({
    body: `{"context":${nested(m.random.integer(10, 50_000), ['{"a":', '}'], '1')},"batch":[${JSON.stringify(event(m))}]}`,
  }),
  'depth without an end': ({ random }) => ({ body: '[{"a":'.repeat(random.integer(10, 100_000)) }),
  'too much in an event': (m) =>
    batch(event(m, { properties: { text: 'é'.repeat(m.random.integer(20_000, 400_000)) } })),
  'too many properties': (m) =>
    batch(
      event(m, { properties: Object.fromEntries(Array.from({ length: 3_000 }, (_, n) => [`k${n}`, n])) }),
    ),
  'too much in all': ({ random }) => ({ body: ' '.repeat(random.integer(4_000_001, 5_000_000)) }),
  'much of nothing': (m) => ({
    body: JSON.stringify({ batch: [event(m)], pad: 'x'.repeat(m.random.integer(1e6, 3.9e6)) }),
  }),
  'too many events': (m) => batch(...Array.from({ length: 2_501 }, () => event(m))),
  'many bad events': (m) => batch(...Array.from({ length: 400 }, (_, n) => ({ type: 'track', n, of: m.id }))),
  binary: ({ random }) => ({ body: bytes(random, random.integer(1, 20_000)) }),
  'gzip that is none': ({ random }) => ({
    body: Buffer.concat([Buffer.from([0x1f, 0x8b]), bytes(random, random.integer(0, 5_000))]),
  }),
  'gzip cut off': (m) => {
    const whole = gzipSync(JSON.stringify({ batch: [event(m)] }));
    return { body: Uint8Array.from(whole.subarray(0, m.random.integer(3, whole.length - 9))) };
  },
  'gzip of too much': () => ({ body: Uint8Array.from(BOMB), headers: { 'content-encoding': 'gzip' } }),
  'another encoding': (m) => ({
    body: Uint8Array.from(deflateSync(JSON.stringify({ batch: [event(m)] }))),
    headers: { 'content-encoding': 'deflate' },
  }),
  'an encoding that it is not': (m) => ({ ...batch(event(m)), headers: { 'content-encoding': 'gzip' } }),
  'another content type': (m) => ({
    ...batch(event(m)),
    headers: {
      'content-type': m.random.pick([
        'text/plain',
        'multipart/form-data',
        'application/x-www-form-urlencoded',
        'nonsense',
      ]),
    },
  }),
  'a wrong key': (m) => ({
    ...batch(event(m)),
    headers: {
      authorization: m.random.pick([
        '',
        'Basic',
        'Basic !!!',
        'Bearer token',
        basic('wrong-key'),
        basic(`${LOCAL_WRITE_KEY} `),
        basic('__proto__'),
        basic('k'.repeat(5_000)),
        `Digest ${LOCAL_WRITE_KEY}`,
      ]),
    },
  }),
  'a key that is no text': (m) => ({
    ...json({ batch: [event(m)], writeKey: m.random.pick(ODD_VALUES) }),
    headers: { authorization: '' },
  }),
  'no body': () => ({}),
  'another path': (m) => ({
    ...batch(event(m)),
    path: m.random.pick([
      '/',
      '/v1',
      '/v1/',
      '/v1/batches',
      '/V1/BATCH',
      '/v1/batch/',
      '/v2/batch',
      '/v1/%2e%2e/batch',
      '/v1/%00',
      '/v1/%',
      '/v1/batch%2f',
      '//v1/batch',
      '/v1/__proto__',
      `/${'a'.repeat(5_000)}`,
      '/u/',
      '/u/a.b.c',
      '/v1/segments',
    ]),
  }),
  'another method': (m) => ({
    method: m.random.pick(['GET', 'PUT', 'PATCH', 'DELETE', 'PROPFIND', 'HEAD']),
    path: m.random.pick([BATCH, '/v1/track', '/u/token']),
  }),
  'an unsubscribe link that is none': (m) => ({
    path: `/u/${encodeURIComponent(m.random.pick(['a', 'a.b.c', '💥', '%00', '.'.repeat(2_000), 'eyJhbGciOiJub25lIn0.e30.']))}`,
    method: m.random.pick(['GET', 'POST']),
  }),
};

const BOMB = gzipSync(Buffer.alloc(60_000_000));
const NAMES = Object.keys(KINDS);

function bytes(random: Random, length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, () => random.integer(0, 255));
}

/** So many odd requests, each kind as often as the others; the same for the same seed. */
export function* oddRequests(count: number, seed: number): Generator<OddRequest> {
  const random = seededRandom(seed);
  for (let n = 0; n < count; n++) {
    const kind = NAMES[n % NAMES.length] ?? '';
    const made = KINDS[kind]?.({ random, id: `${seed}-${n}` }) ?? {};
    const headers = {
      authorization: basic(LOCAL_WRITE_KEY),
      'content-type': 'application/json',
      ...made.headers,
    };
    const { authorization, ...others } = headers;
    const isReading = made.method === 'GET' || made.method === 'HEAD';
    yield {
      kind,
      method: made.method ?? 'POST',
      path: made.path ?? BATCH,
      headers: authorization === '' ? others : headers,
      ...(made.body !== undefined && !isReading && { body: made.body }),
    };
  }
}
