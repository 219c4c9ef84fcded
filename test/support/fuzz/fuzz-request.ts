import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { TextMutation, Writing } from './byte-mutations.ts';
import { type Call, call } from './calls.ts';
import { CLIENTS, type ClientRequest } from './client-requests.ts';
import { OPEN_KEY, PICKY_KEY } from './fuzz-sources.ts';
import { type JsonMutation, mutated } from './json-mutations.ts';
import { treeOf, writeTree } from './json-tree.ts';
import { type KeyGiven, withKeys } from './write-keys.ts';

/** A request as it goes over the line. */
export interface FuzzRequest {
  /** What is wrong with it, if anything. */
  readonly kind: string;
  readonly method: string;
  /** With its query, percent-encoded. */
  readonly path: string;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Whether it is as its client sends it to a source that takes everything. */
  readonly isSound: boolean;
}

/** What makes a request: a client's calls, and what becomes of them on their way. */
export interface Making {
  /** No other request has the same. */
  readonly id: string;
  readonly client: string;
  readonly calls: readonly [Call, ...Call[]];
  /** The first call a second time, as it is. */
  readonly isTwin: boolean;
  readonly json: readonly JsonMutation[];
  readonly text: readonly TextMutation[];
  readonly writing: Writing | undefined;
  readonly key: string;
  /** In place of the client's own way to say its write key. */
  readonly keys: readonly KeyGiven[] | undefined;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** The kind that nothing is wrong with. */
export const SOUND = 'untouched';

/** Numbers that never collide in one run, however it is shrunk. */
export const ownId: fc.Arbitrary<string> = fc
  .noShrink(fc.noBias(fc.maxSafeNat()))
  .map((n) => `f${n.toString(36)}`);

const NO_MUTATION = {
  isTwin: fc.constant<boolean>(false),
  json: fc.constant<readonly JsonMutation[]>([]),
  text: fc.constant<readonly TextMutation[]>([]),
  writing: fc.constant<Writing | undefined>(undefined),
  keys: fc.constant<readonly KeyGiven[] | undefined>(undefined),
  headers: fc.constant<Readonly<Record<string, string | undefined>>>({}),
};

/** Requests of all clients, some of it changed; without a change they are as the clients send them. */
export function requestsOf(
  kind: string,
  changed: { readonly [Part in keyof typeof NO_MUTATION]?: (typeof NO_MUTATION)[Part] } = {},
): fc.Arbitrary<FuzzRequest> {
  const making: fc.Arbitrary<Making> = fc.record({
    ...NO_MUTATION,
    ...changed,
    id: ownId,
    key: fc.constantFrom(OPEN_KEY, OPEN_KEY, PICKY_KEY),
    client: fc.constantFrom(...Object.keys(CLIENTS)),
    calls: fc.tuple(call, fc.array(call, { maxLength: 2 })).map(([first, more]) => [first, ...more]),
  });
  return making.map((made) => requestOf(kind, made));
}

function requestOf(kind: string, making: Making): FuzzRequest {
  // Of a source that drops some, nobody could say whether what comes twice was dropped
  const hasTwin = making.isTwin && making.key === OPEN_KEY;
  const { id, calls, json, text, writing, keys, headers } = making;
  const named = [...calls, ...(hasTwin ? [calls[0]] : [])].map(
    (one, n) => [one, `${id}-${n % calls.length}`] as const,
  );
  const first = [calls[0], `${id}-0`] as const;
  const client = CLIENTS[making.client]?.(first, named);
  if (client === undefined) throw new Error(`there is no client ${making.client}`);

  const keyed = withKeys(client, { key: making.key, given: keys });
  const whole = writeTree(mutated(treeOf(keyed.body), { id, mutations: json }));
  const { bytes, encoding } = (writing ?? usual(client))(
    text.reduce((sofar, change) => change(sofar), whole),
  );
  const all: Record<string, string | undefined> = {
    ...keyed.headers,
    ...(writing !== undefined && { 'content-encoding': encoding }),
    ...headers,
  };
  return {
    kind: `${kind}, ${making.client}`,
    method: 'POST',
    path: keyed.path,
    headers: Object.fromEntries(
      Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ),
    body: bytes,
    isSound: kind === SOUND && making.key === OPEN_KEY,
  };
}

const usual =
  ({ isGzip = false }: ClientRequest): Writing =>
  (text) => ({ bytes: isGzip ? gzipSync(text) : Buffer.from(text) });

/** A request as a failing test shows it. */
export function legible({ kind, method, path, headers, body }: FuzzRequest): string {
  const text = body.toString('latin1');
  const shown = text.length > 3_000 ? `${text.slice(0, 3_000)}… (${body.length} bytes)` : text;
  return `${kind}\n${method} ${path}\n${JSON.stringify(headers)}\n${JSON.stringify(shown)}`;
}
