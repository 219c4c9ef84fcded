import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import * as http from 'node:http';
import * as http2 from 'node:http2';
import { createServer, type Socket } from 'node:net';
import { accessRequests } from './access-requests.ts';
import {
  type Authorize,
  type AwsCall,
  AwsError,
  type AwsReply,
  type AwsService,
  type Caller,
} from './aws-call.ts';
import { callerIdentity } from './caller-identity.ts';
import { errorReply } from './error-reply.ts';
import { readOperation } from './operation.ts';
import { checkPresigned } from './presigned.ts';
import { readSignature } from './signature.ts';

type Request = http.IncomingMessage | http2.Http2ServerRequest;
type Response = http.ServerResponse | http2.Http2ServerResponse;

export interface GateOptions {
  /** 0 for any that is free. */
  readonly port: number;
  /** By SigV4 signing name. */
  readonly services: Readonly<Record<string, AwsService>>;
  readonly callerOf: (accessKeyId: string) => Caller | undefined;
  /** Of every caller: what it signs in a query is handed to others, and checked. */
  readonly secretAccessKey: string;
  readonly authorize: Authorize;
  /** What a page of another origin is told. @default nothing, so that a browser keeps it from every answer */
  readonly cors?: (request: GateRequest) => CorsAnswer | undefined;
}

/** A request before anybody asked who signed it. */
export interface GateRequest {
  readonly method: string;
  /** With the query string, as it came. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface CorsAnswer {
  readonly headers: Readonly<Record<string, string>>;
  /** The whole answer to a browser that asks leave. */
  readonly preflight?: AwsReply;
}

/**
 * Serves all AWS services on one port of the loopback, each call checked against its caller's role.
 *
 * It speaks HTTP/1.1 and HTTP/2 without TLS side by side: the SDK's Kinesis client opens with the latter.
 */
export async function startGate(options: GateOptions): Promise<{ url: string; close(): Promise<void> }> {
  const serve = (request: Request, response: Response) => {
    // What fails here is the writing of a reply: the caller has gone.
    answer(request, options)
      .then((reply) => write(reply, request, response))
      .catch(() => request.destroy());
  };
  // Clients keep idle connections for longer than Node's five seconds; closing under one fails its next call.
  const http1Server = http.createServer({ keepAliveTimeout: 0 }, serve);
  const http2Server = http2.createServer(serve);
  const sockets = new Set<Socket>();

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.once('readable', () => {
      const opening: unknown = socket.read();
      if (!Buffer.isBuffer(opening)) return;
      socket.unshift(opening);
      const speaksHttp2 = opening.toString('latin1', 0, 3) === 'PRI';
      (speaksHttp2 ? http2Server : http1Server).emit('connection', socket);
    });
  });

  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function write(reply: AwsReply, request: Request, response: Response): void {
  const requestId = randomUUID();
  const headers: Record<string, string | number> = {
    'x-amzn-requestid': requestId,
    'x-amz-request-id': requestId,
    ...reply.headers,
  };
  const hasBody = request.method !== 'HEAD' && reply.status !== 204 && reply.status !== 304;
  if (hasBody) headers['content-length'] = Buffer.byteLength(reply.body);
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.statusCode = reply.status;
  response.end(hasBody ? reply.body : '');
}

/** Answers one request, an error in the form that the service's clients read. */
async function answer(request: Request, options: GateOptions): Promise<AwsReply> {
  const { method = 'GET', url: path = '/' } = request;
  const headers = headersOf(request);
  const cors = options.cors?.({ method, path, headers });
  if (cors?.preflight !== undefined) return cors.preflight;
  const reply = await answerSigned({ method, path, headers }, request, options);
  return { ...reply, headers: { ...reply.headers, ...cors?.headers } };
}

async function answerSigned(
  { method, path, headers }: GateRequest,
  content: AsyncIterable<Buffer>,
  options: GateOptions,
): Promise<AwsReply> {
  const signature = readSignature(headers, path);
  const service = signature?.service ?? 'unsigned';
  try {
    const body = await readBody(content);
    if (signature === undefined) {
      throw new AwsError(
        'MissingAuthenticationTokenException',
        `${method} ${path}: Missing Authentication Token`,
      );
    }
    const caller = options.callerOf(signature.accessKeyId);
    if (caller === undefined) {
      throw new AwsError(
        'UnrecognizedClientException',
        'The security token included in the request is invalid.',
      );
    }
    checkPresigned({ method, path, headers }, { ...options, now: Date.now() });
    const operation = readOperation({ service, method, path, headers, body });
    const call = { service, operation, method, path, headers, body, caller };
    return await dispatch(call, signature.region, options);
  } catch (error) {
    const known = error instanceof AwsError ? error : unexpected(service, error);
    return errorReply(known, { service, rpc: headers['x-amz-target'] !== undefined });
  }
}

async function dispatch(call: AwsCall, region: string, options: GateOptions): Promise<AwsReply> {
  const services: GateOptions['services'] = { sts: callerIdentity, ...options.services };
  const service = Object.hasOwn(services, call.service) ? services[call.service] : undefined;
  if (service === undefined) {
    throw new AwsError(
      'UnknownOperationException',
      `${call.service} is not emulated here (${call.operation})`,
    );
  }
  if (call.caller.kind === 'role') options.authorize(call.caller, accessRequests(call, region));
  return service(call);
}

/** A fault of the emulation: clients retry a 500, and say what it was when they give up. */
function unexpected(service: string, error: unknown): AwsError {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new AwsError('InternalServerError', `the local ${service} failed: ${message}`, 500);
}

function headersOf(request: Request): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (name.startsWith(':') || value === undefined) continue;
    headers[name] = Array.isArray(value) ? value.join(',') : value;
  }
  return headers;
}

async function readBody(request: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}
