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

/**
 * The packages that we are compared with, installed on first use from their own lock so that they do
 * not weigh on everybody's install.
 *
 * @throws {Error} when npm cannot install them.
 */
export async function loadPeers(print: (line: string) => void): Promise<readonly Peer[]> {
  if (!existsSync(`${folder}node_modules/.package-lock.json`)) {
    print('installing the peers into bench/peers (once, about 14 MB)');
    const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    const { status, stderr } = spawnSync('npm', args, { cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(`npm ci in bench/peers failed: ${stderr}`);
  }
  const module: unknown = await import(`${folder}peers.js`);
  return z.object({ peers: z.array(Peer) }).parse(module).peers;
}
