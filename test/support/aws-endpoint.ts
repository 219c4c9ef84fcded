import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AwsError, type AwsService } from '#local/gate/aws-call.ts';
import { errorReply } from '#local/gate/error-reply.ts';
import { readOperation } from '#local/gate/operation.ts';

/** Serves one service to stock SDK clients with no gate before it: any caller, no policies. */
export async function serveForTest(o: {
  service: AwsService;
  signingName: string;
}): Promise<{ client: object; close: () => Promise<void> }> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const method = request.method ?? 'GET';
    const path = request.url ?? '/';
    const headers = Object.fromEntries(Object.entries(request.headers).map(([k, v]) => [k, String(v)]));
    const received = { service: o.signingName, method, path, headers, body };
    try {
      const call = { ...received, operation: readOperation(received) };
      const reply = await o.service({ ...call, caller: { kind: 'operator' } });
      response.writeHead(reply.status, reply.headers).end(reply.body);
    } catch (error) {
      const known = error instanceof AwsError ? error : new AwsError('InternalFailure', String(error), 500);
      const reply = errorReply(known, { service: o.signingName, rpc: headers['x-amz-target'] !== undefined });
      response.writeHead(reply.status, reply.headers).end(reply.body);
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const { port } = isAddress(address) ? address : { port: 0 };
  return {
    client: {
      endpoint: `http://127.0.0.1:${port}`,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'TEST', secretAccessKey: 'test' },
      maxAttempts: 1,
    },
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

const isAddress = (address: unknown): address is AddressInfo =>
  typeof address === 'object' && address !== null && 'port' in address;
