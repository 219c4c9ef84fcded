import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as requestOf,
  type ServerResponse,
} from 'node:http';
import { buffer } from 'node:stream/consumers';
import * as z from 'zod';

/** What becomes of one request that sends events: an answer of the proxy's own, or no answer at all. */
export type Fault = {
  /** `before`, so that the server never hears of it; `after` it has answered, so that only its answer is lost. */
  readonly when: 'before' | 'after';
} & ({ readonly status: 429 | 503; readonly retryAfter?: number } | { readonly drops: true });

/** A POST that came, and whether its sender was given the server's answer. */
export interface Seen {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** What the sender was told; nothing where the connection was dropped. */
  readonly status?: number;
  readonly isSpoiled: boolean;
}

export interface FaultyProxy {
  readonly url: string;
  /** The POSTs that were dealt with so far, in the order of their ends. */
  seen(): readonly Seen[];
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * Stands before an HTTP API, and spoils the first POSTs that it meets: one fault each, in order, and none
 * where none is listed. All else passes, preflights and settings documents with it, under the name by which
 * the proxy was called. It keeps no connection open, since browsers repeat a request by themselves where one
 * that they had kept is gone.
 */
export async function startFaultyProxy(
  target: string,
  faults: readonly (Fault | undefined)[],
): Promise<FaultyProxy> {
  const upcoming = [...faults];
  const seen: Seen[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(request);
    const isPost = request.method === 'POST';
    const fault = isPost ? upcoming.shift() : undefined;
    const passed = fault?.when === 'before' ? undefined : await forward(request, { body, target });
    const said = fault === undefined ? passed : refusal(fault, request.headers);
    if (isPost) {
      const { url: path = '', headers } = request;
      const status = said?.status;
      seen.push({
        path,
        headers,
        body,
        isSpoiled: fault !== undefined,
        ...(status !== undefined && { status }),
      });
    }
    response.shouldKeepAlive = false;
    if (said === undefined) request.socket.destroy();
    else response.writeHead(said.status, said.headers).end(said.body);
  };
  const server = createServer((request, response) => {
    // a page that was left in the middle of a request, or a server that is gone
    answer(request, response).catch(() => request.socket.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = z.object({ port: z.int() }).parse(server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    seen: () => seen,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const HOP_BY_HOP = ['connection', 'keep-alive', 'transfer-encoding', 'content-length'];

const endToEnd = (headers: IncomingHttpHeaders): IncomingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name)));

function forward(
  { url = '/', method, headers }: IncomingMessage,
  { body, target }: { readonly body: Buffer; readonly target: string },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = {
      method,
      headers: { ...endToEnd(headers), 'content-length': body.length },
      agent: false,
    };
    requestOf(new URL(url, target), options, (answer) => {
      const { statusCode: status = 0, headers } = answer;
      buffer(answer).then((body) => resolve({ status, headers: endToEnd(headers), body }), reject);
    })
      .on('error', reject)
      .end(body);
  });
}

/** What is answered in the server's place, so that a page can read it, as Collect's own refusals can be. */
function refusal(fault: Fault, { origin }: IncomingHttpHeaders): Answer | undefined {
  if ('drops' in fault) return undefined;
  const headers: IncomingHttpHeaders = {
    'content-type': 'application/json',
    ...(fault.retryAfter !== undefined && { 'retry-after': String(fault.retryAfter) }),
    ...(origin !== undefined && {
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': 'Retry-After',
      vary: 'Origin',
    }),
  };
  return { status: fault.status, headers, body: Buffer.from('{"message":"not now"}') };
}
