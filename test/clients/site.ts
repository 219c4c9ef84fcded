import { once } from 'node:events';
import { createServer } from 'node:http';
import { build } from 'esbuild';
import * as z from 'zod';

export interface Site {
  /** Where the page stands that runs a script, and may reach its own site, and the Collect API at `collect`, alone. */
  pageOf(script: string, collect: string): string;
  close(): void;
}

/**
 * A shop's site, of another origin than the Collect API: a page for each script, bundled as a shop would
 * bundle it. Its policy lets nothing in or out but what an SDK must have.
 *
 * @param sources TypeScript by the name of the page.
 */
export async function openSite(sources: Readonly<Record<string, string>>): Promise<Site> {
  const bundled = Object.entries(sources).map(
    async ([name, source]) => [name, await bundle(source)] as const,
  );
  const scripts = new Map(await Promise.all(bundled));
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const script = scripts.get(pathname.slice(1).replace(/\.js$/, ''));
    if (pathname.endsWith('.js')) {
      response.setHeader('content-type', 'text/javascript').end(script);
      return;
    }
    const collect = searchParams.get('collect') ?? '';
    response
      .setHeader('content-type', 'text/html')
      .setHeader('content-security-policy', `default-src 'none'; script-src 'self'; connect-src ${collect}`)
      .end(`<!doctype html><title>Shop</title><script type="module" src="${pathname}.js"></script>`);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = z.object({ port: z.int() }).parse(server.address());
  return {
    pageOf: (script, collect) =>
      `http://localhost:${port}/${script}?collect=${encodeURIComponent(collect)}&utm_campaign=autumn`,
    close: () => void server.close(),
  };
}

async function bundle(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, loader: 'ts', resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
  });
  return outputFiles[0]?.text ?? '';
}
