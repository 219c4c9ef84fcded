import { Agent, request } from 'node:http';
import * as z from 'zod';
import { forEachConcurrently } from '#functions/runtime/concurrency.ts';

const Told = z.union([z.object({ port: z.int(), bodies: z.array(z.string()) }), z.literal('again')]);

const CONNECTIONS = 8;
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });

let port = 0;
let bodies: readonly Buffer[] = [];

/** Told where to, and then `again` for each round; says how many were answered. */
process.on('message', async (message) => {
  const told = Told.parse(message);
  if (told !== 'again') {
    port = told.port;
    bodies = told.bodies.map((body) => Buffer.from(body));
    process.send?.('ready');
    return;
  }
  let answered = 0;
  await forEachConcurrently(bodies, CONNECTIONS, async (body) => {
    if ((await post(body)) === 200) answered += 1;
  });
  process.send?.(answered);
});
process.on('disconnect', () => agent.destroy());

const post = (body: Buffer): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const headers = { 'content-type': 'text/plain', 'content-length': body.length };
    const sent = request({ agent, host: '127.0.0.1', port, method: 'POST', path: '/v1/batch', headers });
    sent.on('error', reject);
    sent.on('response', (response) => {
      response.on('end', () => resolve(response.statusCode));
      response.resume();
    });
    sent.end(body);
  });
