import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ADMIN_ROUTES } from '#functions/admin/routes.ts';
import { writeKeyOf } from '#functions/collect/write-key.ts';
import { decodeRequest } from '#shared/events/decode-request.ts';
import { Segment } from '#shared/segments/segment.ts';

describe('README.md', () => {
  const text = readFileSync('README.md', 'utf8');
  const [onServers = '', inPages = ''] = [...text.matchAll(/```js\n([\s\S]*?)```/g)].map(
    ([, code = '']) => code,
  );
  const decode = (body: string) =>
    decodeRequest(JSON.parse(body), { receivedAt: Date.now(), digest: () => 'digest' });

  it('shows a program for Node that sends what it says', async () => {
    const { requests, url, close } = await openCollect();
    const program = onServers.replace('http://127.0.0.1:8787', url);
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: 'inherit' });
    const [code] = await once(child, 'exit');
    await close();

    expect(code).toBe(0);
    const events = requests.flatMap(({ body }) => decode(body).events);
    expect(events.map(({ type, event }) => event ?? type)).toEqual(['identify', 'Order Completed']);
    expect(
      requests.map(({ path, headers, body }) => [path, writeKeyOf({ headers, query: {} }, JSON.parse(body))]),
    ).toEqual(requests.map(() => ['/v1/batch', 'local-write-key']));
  });

  it('shows a script for web pages that sends what it says', () => {
    const stored = new Map<string, string>();
    const sent: { readonly url: string; readonly body: string }[] = [];
    runInNewContext(inPages, {
      crypto,
      localStorage: {
        getItem: (key: string) => stored.get(key) ?? null,
        setItem: (key: string, value: string) => stored.set(key, value),
      },
      fetch: (url: string, { body }: { readonly body: string }) => sent.push({ url, body }),
    });

    expect(sent.map(({ url }) => url)).toEqual(['http://127.0.0.1:8787/v1/batch']);
    const [{ body } = { body: '' }] = sent;
    expect(writeKeyOf({ headers: {}, query: {} }, JSON.parse(body))).toBe('local-write-key');
    expect(decode(body).events).toMatchObject([
      { type: 'track', event: 'Product Viewed', anonymousId: stored.get('anonymousId') },
    ]);
  });

  it('shows a batch for curl that is taken in whole', () => {
    const [, batch = ''] = /\/v1\/batch -d '([^']+)'/.exec(text) ?? [];

    expect(decode(batch)).toMatchObject({ events: [{ type: 'identify' }, { type: 'track' }], rejected: [] });
  });

  it('calls the Admin API as it is', () => {
    const calls = [...text.matchAll(/curl .*?127\.0\.0\.1:8788(\S+)(?: \\\n +-d '([^']+)')?/g)];
    const served = calls.filter(([call, path = '']) => {
      const method = /-X (\w+)/.exec(call)?.[1] ?? 'GET';
      return ADMIN_ROUTES.some(
        (route) =>
          route.method === method && new RegExp(`^${route.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path),
      );
    });

    expect(calls).toHaveLength(6);
    expect(served).toHaveLength(6);
    const [segment] = calls.flatMap(([, , body]) => (body === undefined ? [] : [JSON.parse(body)]));
    expect(Segment.safeParse({ ...segment, id: 'buyers' }).error).toBeUndefined();
  });

  it('tells the fixed cost that docs/cost.md adds up to', () => {
    const [, sum = ''] =
      /\*\*together\*\* \|[ |]*\*\*([\d.]+)\*\*/.exec(readFileSync('docs/cost.md', 'utf8')) ?? [];

    expect(text).toContain(`$${sum} a month`);
  });
});

/** Stands where Collect would, and keeps what it is sent. */
async function openCollect() {
  const requests: { path: string; headers: Record<string, string>; body: string }[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request.setEncoding('utf8')) body += part;
    const { authorization = '' } = request.headers;
    requests.push({ path: request.url ?? '', headers: { authorization }, body });
    response.end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = z.object({ port: z.int() }).parse(server.address());
  return {
    requests,
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
