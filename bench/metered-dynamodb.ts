import { mkdirSync } from 'node:fs';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import * as z from 'zod';
import { findDynoxide, startDynoxide } from '#local/services/dynamodb-process.ts';
import { type CallSpent, capacityLedger, isMetered, KINDS, type Kind } from './capacity.ts';

/** Units by what they were spent on, and calls by operation. */
export interface Consumption {
  readonly write: Readonly<Record<Kind, number>>;
  readonly read: Readonly<Record<Kind, number>>;
  /** Units of secondary indexes, which the above do not hold. */
  readonly index: number;
  readonly calls: Readonly<Record<string, number>>;
  readonly refused: number;
  readonly unexplained: number;
}

export interface MeteredDynamoDb {
  readonly endpoint: string;
  /** What was consumed since it was last asked. */
  take(): Consumption;
  close(): Promise<void>;
}

const Json = z.record(z.string(), z.unknown());

/**
 * A DynamoDB engine behind a meter: each call is asked what it consumed, whoever makes it, so that the
 * product's code need not ask.
 *
 * @throws where there is no engine for this machine.
 */
export async function startMeteredDynamoDb(databasePath: string): Promise<MeteredDynamoDb> {
  const binary = findDynoxide();
  if (binary === undefined) throw new Error('there is no dynoxide for this machine; see local/README.md');
  mkdirSync(dirname(databasePath), { recursive: true });
  const engine = await startDynoxide(binary, databasePath);
  const agent = new http.Agent({ keepAlive: true });
  const spentBy = capacityLedger();
  let calls: CallSpent[] = [];

  const server = http.createServer({ keepAliveTimeout: 0 }, async (request, response) => {
    try {
      const target = String(request.headers['x-amz-target'] ?? '');
      const operation = target.startsWith('DynamoDB_') ? target.slice(target.indexOf('.') + 1) : '';
      const body = await readAll(request);
      const asked = isMetered(operation) ? Json.parse(JSON.parse(body.toString('utf8'))) : undefined;
      const sent =
        asked === undefined
          ? body
          : Buffer.from(JSON.stringify({ ...asked, ReturnConsumedCapacity: 'INDEXES' }));
      const reply = await forward(engine.endpoint, { request, body: sent, agent });
      if (asked !== undefined) calls.push(spentBy(operation, asked, JSON.parse(reply.body.toString('utf8'))));
      response.writeHead(reply.status, { 'content-type': 'application/x-amz-json-1.0' }).end(reply.body);
    } catch (fault) {
      response.writeHead(500).end(String(fault));
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const { port } = isAddress(address) ? address : { port: 0 };

  return {
    endpoint: `http://127.0.0.1:${port}`,
    take() {
      const taken = calls;
      calls = [];
      return sumOf(taken);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      agent.destroy();
      await engine.close();
    },
  };
}

const isAddress = (address: unknown): address is AddressInfo =>
  typeof address === 'object' && address !== null && 'port' in address;

function sumOf(calls: readonly CallSpent[]): Consumption {
  const units = (direction: CallSpent['direction']): Record<Kind, number> => {
    const spent = calls.filter((call) => call.direction === direction).flatMap((call) => call.spent);
    const sum = (kind: Kind): number =>
      spent.reduce((total, one) => total + (one.kind === kind && !one.index ? one.units : 0), 0);
    return {
      activity: sum('activity'),
      profile: sum('profile'),
      timeline: sum('timeline'),
      spill: sum('spill'),
      other: sum('other'),
      identities: sum('identities'),
      audiences: sum('audiences'),
      catalog: sum('catalog'),
      quality: sum('quality'),
    };
  };
  const byOperation = Map.groupBy(calls, ({ operation }) => operation);
  return {
    write: units('write'),
    read: units('read'),
    index: calls.flatMap(({ spent }) => spent).reduce((sum, one) => sum + (one.index ? one.units : 0), 0),
    calls: Object.fromEntries([...byOperation].map(([name, those]) => [name, those.length])),
    refused: calls.filter(({ refused }) => refused).length,
    unexplained: calls.reduce((sum, { unexplained }) => sum + unexplained, 0),
  };
}

export const total = (units: Readonly<Record<Kind, number>>): number =>
  KINDS.reduce((sum, kind) => sum + units[kind], 0);

async function readAll(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function forward(
  endpoint: string,
  {
    request,
    body,
    agent,
  }: { readonly request: http.IncomingMessage; readonly body: Buffer; readonly agent: http.Agent },
): Promise<{ readonly status: number; readonly body: Buffer }> {
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
  const { host: _host, connection: _connection, 'transfer-encoding': _coding, ...headers } = request.headers;
  const outgoing = http.request(
    new URL(request.url ?? '/', endpoint),
    {
      method: request.method ?? 'POST',
      agent,
      headers: { ...headers, 'content-length': body.byteLength },
    },
    resolve,
  );
  outgoing.on('error', reject);
  outgoing.end(body);
  const response = await promise;
  return { status: response.statusCode ?? 500, body: await readAll(response) };
}
