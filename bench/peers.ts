import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';

const Run = z.custom<(events: readonly unknown[]) => void | Promise<void>>(
  (value) => typeof value === 'function',
);

/** What a comparison is made with; they have no types in common with ours. */
const Peer = z.object({ name: z.string(), version: z.string(), run: Run });
export type Peer = z.infer<typeof Peer>;

const folder = fileURLToPath(new URL('./peers/', import.meta.url));

/** What a pipeline is compared with. */
export async function loadPeers(print: (line: string) => void): Promise<readonly Peer[]> {
  const module = await installed({ folder, size: '14 MB' }, print);
  return z.object({ peers: z.array(Peer) }).parse(module).peers;
}

/**
 * Packages that we are compared with, installed on first use from their own lock so that they do not
 * weigh on everybody's install.
 *
 * @throws {Error} when npm cannot install them.
 */
export async function installed(
  { folder, size }: { readonly folder: string; readonly size: string },
  print: (line: string) => void,
): Promise<unknown> {
  if (!existsSync(`${folder}node_modules/.package-lock.json`)) {
    print(`installing the peers into ${folder} (once, about ${size})`);
    const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    const { status, stderr } = spawnSync('npm', args, { cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(`npm ci in ${folder} failed: ${stderr}`);
  }
  return import(`${folder}peers.js`);
}
