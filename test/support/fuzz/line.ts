import { once } from 'node:events';
import { Agent, request as open } from 'node:http';
import { text } from 'node:stream/consumers';
import type { FuzzAnswer } from './answers.ts';
import type { FuzzRequest } from './fuzz-request.ts';

/** Connections that are kept, over which requests go exactly as they are: `fetch` would mend some of them. */
export function openLine(url: string, { connections }: { readonly connections: number }) {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: connections });

  async function send(request: FuzzRequest): Promise<FuzzAnswer> {
    const { method, path, headers, body } = request;
    const hasBody = body.length > 0 && method !== 'GET' && method !== 'HEAD';
    const length = hasBody || method === 'POST' ? { 'content-length': body.length } : {};
    const outgoing = open({ hostname, port, agent, method, path, headers: { ...headers, ...length } });
    const answered = once(outgoing, 'response');
    outgoing.end(hasBody ? body : undefined);
    try {
      const [response] = await answered;
      return { status: response.statusCode, text: await text(response) };
    } catch (fault) {
      // The server had just ended the idle connection, and seen nothing of the request.
      // https://nodejs.org/api/http.html#requestreusedsocket
      if (!outgoing.reusedSocket) throw new Error(`no answer to ${method} ${path}`, { cause: fault });
      return send(request);
    }
  }

  return { send, close: () => agent.destroy() };
}
