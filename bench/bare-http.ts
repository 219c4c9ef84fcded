import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { cpuMs } from './measure.ts';

const POSTER = fileURLToPath(new URL('./post-bodies.ts', import.meta.url));

/** Posts all the bodies to the server once more, and says what CPU time the server took. */
export interface BareHttp {
  readonly round: () => Promise<number>;
  readonly close: () => Promise<void>;
}

/**
 * A server of Node's own that parses what it gets and answers how much it was. Who posts is another process,
 * so that this one's CPU time is the server's.
 */
export async function bareHttp(bodies: readonly string[]): Promise<BareHttp> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { batch } = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    const accepted = Array.isArray(batch) ? batch.length : 1;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ success: true, accepted }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  const poster = fork(POSTER, { stdio: 'inherit', execArgv: ['--disable-warning=ExperimentalWarning'] });
  poster.send({ port, bodies });
  await once(poster, 'message');
  return {
    round: () =>
      cpuMs(async () => {
        poster.send('again');
        const [accepted] = await once(poster, 'message');
        if (accepted !== bodies.length)
          throw new Error(`${accepted} of ${bodies.length} posts were answered`);
      }),
    async close() {
      poster.disconnect();
      await once(poster, 'exit');
      server.close();
      server.closeAllConnections();
    },
  };
}
