import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { build } from 'esbuild';
import * as z from 'zod';

export interface Site {
  /** Where a page with a script stands that may reach its own site, and the Collect API at `collect`, alone. */
  pageOf(script: string, collect: string): string;
  close(): void;
}

/**
 * A shop's site, of another origin than the Collect API: a page for each script in the folder `pages`,
 * bundled as a shop would bundle it. Its policy lets nothing in or out but what an SDK must have.
 */
export async function openSite(): Promise<Site> {
  const { outputFiles } = await build({
    entryPoints: ['segment', 'rudder', 'jitsu'].map((page) =>
      join(import.meta.dirname, 'pages', `${page}.ts`),
    ),
    outdir: '/',
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
  });
  const scripts = new Map(outputFiles.map(({ path, text }) => [path, text]));
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const script = scripts.get(pathname);
    if (script !== undefined) {
      response.setHeader('content-type', 'text/javascript').end(script);
      return;
    }
    const collect = searchParams.get('collect') ?? '';
    response
      .setHeader('content-type', 'text/html')
      .setHeader('content-security-policy', `default-src 'none'; script-src 'self'; connect-src ${collect}`)
      .end(`<!doctype html><title>Shop</title><script src="${pathname}.js"></script>`);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = z.object({ port: z.int() }).parse(server.address());
  return {
    pageOf: (script, collect) =>
      `http://localhost:${port}/${script}?collect=${encodeURIComponent(collect)}&utm_campaign=autumn`,
    close: () => void server.close(),
  };
}
