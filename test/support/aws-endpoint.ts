import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AwsError, type AwsService } from '#local/gate/aws-call.ts';

/** Serves one service to stock SDK clients with no gate before it: any caller, no policies. */
export async function serveForTest(o: {
  service: AwsService;
  signingName: string;
  /** For REST services: the operation that a method and a path mean. */
  operationOf?: (method: string, path: string) => string;
}): Promise<{ client: object; close: () => Promise<void> }> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const method = request.method ?? 'GET';
    const path = request.url ?? '/';
    const target = String(request.headers['x-amz-target'] ?? '');
    const operation = target.split('.')[1] ?? o.operationOf?.(method, path) ?? '';
    const headers = Object.fromEntries(Object.entries(request.headers).map(([k, v]) => [k, String(v)]));
    try {
      const call = { service: o.signingName, operation, method, path, headers, body };
      const reply = await o.service({ ...call, caller: { kind: 'operator' } });
      response.writeHead(reply.status, reply.headers).end(reply.body);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      response.writeHead(error.status, {
        'x-amzn-errortype': error.code,
        'content-type': 'application/json',
      });
      response.end(JSON.stringify({ __type: error.code, message: error.message }));
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
