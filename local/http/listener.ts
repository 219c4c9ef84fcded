import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';

/** A port of the loopback that is already taken up, before anybody is there to answer on it. */
export interface Listener {
  readonly url: string;
  answerWith(listener: RequestListener): void;
  close(): Promise<void>;
}

/**
 * Takes a port; 0 for any that is free. Until there is an answerer, requests wait.
 *
 * @throws naming the port and the variable that sets it, when somebody else has it.
 */
export async function listen({ port, variable }: { port: number; variable: string }): Promise<Listener> {
  const answerer = Promise.withResolvers<RequestListener>();
  const server = createServer(async (request, response) => (await answerer.promise)(request, response));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening').catch((cause: Error) => {
    throw portError(cause, { port, variable });
  });
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : port}`,
    answerWith: answerer.resolve,
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Says which variable moves a port that is taken; any other error stays what it is. */
export function portError(cause: unknown, { port, variable }: { port: number; variable: string }): unknown {
  const isTaken = cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE';
  if (!isTaken) return cause;
  return new Error(
    `port ${port} is taken: end what listens there, or choose another with ${variable}=<port>`,
    {
      cause,
    },
  );
}
