import { mkdirSync } from 'node:fs';
import * as http from 'node:http';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { type AwsCall, AwsError, type AwsReply, type AwsService } from '#local/gate/aws-call.ts';
import { findDynoxide, type ServerProcess, startDynoxide } from './dynamodb-process.ts';
import { openUpkeep, type Upkeep } from './dynamodb-upkeep.ts';

const KeySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));
const Definitions = z.array(z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }));
const Projection = z.object({ ProjectionType: z.string(), NonKeyAttributes: z.array(z.string()).optional() });

/** A table, in the words that CloudFormation's GlobalTable and the API have in common; the rest is left out. */
export const TableSpec = z.object({
  TableName: z.string(),
  KeySchema,
  AttributeDefinitions: Definitions,
  GlobalSecondaryIndexes: z.array(z.object({ IndexName: z.string(), KeySchema, Projection })).optional(),
  StreamSpecification: z.object({ StreamViewType: z.string() }).optional(),
  TimeToLiveSpecification: z
    .object({ Enabled: z.boolean(), AttributeName: z.string().optional() })
    .optional(),
});
export type TableSpec = z.infer<typeof TableSpec>;

const Described = z.object({ Table: TableSpec.omit({ TimeToLiveSpecification: true }) });
const Refusal = z.object({ __type: z.string(), message: z.string().default('') });

const SWEEP_EVERY_MS = 60_000;
const TRIM_EVERY_MS = 60 * 60_000;
const SWEEP_AT_MOST = 1000;

export interface DynamoDb {
  readonly service: AwsService;
  /** Of the engine itself, past the gate; it also answers `DynamoDBStreams_20120810`. */
  readonly endpoint: string;
  /** @throws where a table of that name is there already and is another one. */
  createTable(spec: TableSpec): Promise<void>;
  /** Deletes what has expired, as the service does now and then on its own. */
  sweep(nowSeconds: number): Promise<void>;
  /** Forgets stream records that are more than a day old. */
  trimStreams(nowSeconds: number): void;
  close(): Promise<void>;
}

/**
 * Finds the engine to run: an address of one's own, or dynoxide.
 *
 * @throws where there is neither, saying the ways out.
 */
export function requireDynamoDbEngine(): { readonly endpoint: string } | { readonly binary: string } {
  const endpoint = process.env.AWS_ENDPOINT_URL_DYNAMODB;
  if (endpoint !== undefined) return { endpoint };

  const binary = findDynoxide();
  if (binary !== undefined) return { binary };
  throw new Error(
    `there is no DynamoDB engine for ${process.platform}-${process.arch}: put dynoxide 1.2.1 on the PATH ` +
      '(https://github.com/nubo-db/dynoxide), or start DynamoDB Local and set AWS_ENDPOINT_URL_DYNAMODB',
  );
}

/**
 * Opens DynamoDB: the engine that `AWS_ENDPOINT_URL_DYNAMODB` names, else dynoxide with its data in `dir`.
 *
 * An engine of one's own brings its own expiry and stream retention. ARNs carry the engine's region.
 */
export async function openDynamoDb(o: { readonly dir: string }): Promise<DynamoDb> {
  const engine = requireDynamoDbEngine();
  if ('endpoint' in engine) return serve({ endpoint: engine.endpoint, close: async () => {} }, undefined);

  const { binary } = engine;
  mkdirSync(o.dir, { recursive: true });
  const databasePath = join(o.dir, 'dynamodb.sqlite');
  const server = await startDynoxide(binary, databasePath);
  try {
    return serve(server, openUpkeep(databasePath));
  } catch (cause) {
    await server.close();
    throw new Error(`${binary} keeps its data in another way than version 1.2.1`, { cause });
  }
}

function serve(server: ServerProcess, upkeep: Upkeep | undefined): DynamoDb {
  const agent = new http.Agent({ keepAlive: true });
  const service: AwsService = (call) => forward(call, server.endpoint, agent);
  const expiring = new Map<string, { attribute: string; keys: readonly string[] }>();

  async function send(operation: string, input: unknown): Promise<unknown> {
    const reply = await service({
      service: 'dynamodb',
      operation,
      method: 'POST',
      path: '/',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `DynamoDB_20120810.${operation}`,
        'x-amz-date': '20260101T000000Z',
        authorization:
          'AWS4-HMAC-SHA256 Credential=local/20260101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
      },
      body: Buffer.from(JSON.stringify(input)),
      caller: { kind: 'operator' },
    });
    const answer: unknown = JSON.parse(reply.body.toString());
    if (reply.status === 200) return answer;
    const { __type, message } = Refusal.parse(answer);
    throw new AwsError(__type.slice(__type.indexOf('#') + 1), message, reply.status);
  }

  async function createTable(spec: TableSpec): Promise<void> {
    const { TimeToLiveSpecification: ttl, StreamSpecification: stream, ...table } = TableSpec.parse(spec);
    const wanted = stream === undefined ? table : { ...table, StreamSpecification: stream };
    const there = await send('DescribeTable', { TableName: spec.TableName }).catch((error: unknown) => {
      if (error instanceof AwsError && error.code === 'ResourceNotFoundException') return undefined;
      throw error;
    });
    if (there === undefined) {
      await send('CreateTable', {
        ...wanted,
        BillingMode: 'PAY_PER_REQUEST',
        ...(stream && { StreamSpecification: { ...stream, StreamEnabled: true } }),
      });
    } else if (!isDeepStrictEqual(comparable(Described.parse(there).Table), comparable(wanted))) {
      throw new Error(
        `table ${spec.TableName} is there from before with other keys, indexes or stream: begin anew with npm start -- --fresh`,
      );
    }
    if (ttl?.AttributeName === undefined) return;
    if (there === undefined) {
      await send('UpdateTimeToLive', { TableName: spec.TableName, TimeToLiveSpecification: ttl });
    }
    if (!ttl.Enabled) return;
    upkeep?.indexExpiry(spec.TableName, ttl.AttributeName);
    expiring.set(spec.TableName, {
      attribute: ttl.AttributeName,
      keys: table.KeySchema.map((key) => key.AttributeName),
    });
  }

  async function sweep(nowSeconds: number): Promise<void> {
    for (const [TableName, { attribute, keys }] of expiring) {
      for (const item of upkeep?.expired(TableName, attribute, nowSeconds, SWEEP_AT_MOST) ?? []) {
        const Key = Object.fromEntries(keys.map((name) => [name, item[name]]));
        upkeep?.announceExpiry(TableName, Key);
        await send('DeleteItem', {
          TableName,
          Key,
          // Its life may have been prolonged since it was found.
          ConditionExpression: '#expiry <= :now',
          ExpressionAttributeNames: { '#expiry': attribute },
          ExpressionAttributeValues: { ':now': { N: String(nowSeconds) } },
        }).catch((error: unknown) => {
          if (!(error instanceof AwsError && error.code === 'ConditionalCheckFailedException')) throw error;
        });
      }
    }
  }

  const now = () => Math.floor(Date.now() / 1000);
  let sweeping = Promise.resolve();
  const timers = [
    setInterval(() => {
      // What one sweep could not delete, the next one will.
      sweeping = sweep(now()).catch(() => {});
    }, SWEEP_EVERY_MS),
    setInterval(() => upkeep?.trimStreams(now()), TRIM_EVERY_MS),
  ];

  return {
    service,
    endpoint: server.endpoint,
    createTable,
    sweep,
    trimStreams: (nowSeconds) => upkeep?.trimStreams(nowSeconds),
    async close() {
      for (const timer of timers) clearInterval(timer);
      await sweeping;
      agent.destroy();
      upkeep?.close();
      await server.close();
    },
  };
}

/** Attributes and indexes come back in no order. */
function comparable(table: z.infer<typeof Described>['Table']): unknown {
  const by = <T>(name: (item: T) => string, items: readonly T[] = []) =>
    items.toSorted((a, b) => name(a).localeCompare(name(b)));
  return {
    keys: table.KeySchema,
    attributes: by((attribute) => attribute.AttributeName, table.AttributeDefinitions),
    indexes: by((index) => index.IndexName, table.GlobalSecondaryIndexes),
    stream: table.StreamSpecification?.StreamViewType,
  };
}

/** Headers that concern one connection only. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'host']);

async function forward(call: AwsCall, endpoint: string, agent: http.Agent): Promise<AwsReply> {
  const { promise, resolve, reject } = Promise.withResolvers<AwsReply>();
  const kept = Object.entries(call.headers).filter(([name]) => !HOP_BY_HOP.has(name));
  const headers = { ...Object.fromEntries(kept), 'content-length': call.body.length };
  const request = http.request(
    new URL(call.path, endpoint),
    { method: call.method, headers, agent },
    (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const replied = Object.entries(response.headers).flatMap(([name, value]) =>
          value === undefined || HOP_BY_HOP.has(name) ? [] : [[name, String(value)] as const],
        );
        resolve({
          status: response.statusCode ?? 500,
          headers: Object.fromEntries(replied),
          body: Buffer.concat(chunks),
        });
      });
    },
  );
  request.on('error', (cause) =>
    reject(
      new AwsError(
        'InternalServerError',
        `the DynamoDB engine at ${endpoint} does not answer: ${cause.message}`,
        500,
      ),
    ),
  );
  request.end(call.body);
  return promise;
}
