import { once } from 'node:events';
import { Agent, type IncomingMessage, request as open } from 'node:http';
import { text } from 'node:stream/consumers';
import type { FuzzAnswer } from './answers.ts';
import type { FuzzRequest } from './fuzz-request.ts';

/** Connections that are kept, over which requests go exactly as they are: `fetch` would mend some of them. */
export function openLine(url: string, { connections }: { readonly connections: number }) {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: connections });

  return {
    async send({ method, path, headers, body }: FuzzRequest): Promise<FuzzAnswer> {
      const hasBody = body.length > 0 && method !== 'GET' && method !== 'HEAD';
      const length = hasBody || method === 'POST' ? { 'content-length': body.length } : {};
      const outgoing = open({ hostname, port, agent, method, path, headers: { ...headers, ...length } });
      const answered: Promise<readonly [IncomingMessage]> = once(outgoing, 'response').then(([response]) => [
        response,
      ]);
      outgoing.end(hasBody ? body : undefined);
      const [response] = await answered;
      return { status: response.statusCode ?? 0, text: await text(response) };
    },
    close: () => agent.destroy(),
  };
}
