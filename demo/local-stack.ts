import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod';

const ROOT = join(import.meta.dirname, '..');

/** The state of demos, apart from that of `npm start`. */
const STATE = join(ROOT, '.local', 'demo');

/** A stack that serves on this machine, and what is needed to talk to it. */
export interface RunningStack {
  readonly collectUrl: string;
  readonly adminUrl: string;
  readonly mailUrl: string;
  readonly awsUrl: string;
  readonly adminToken: string;
  /** Waits until the stack ends by itself or by Ctrl-C. */
  readonly ended: Promise<void>;
  /** What it complained of so far, line by line. */
  readonly complaints: readonly string[];
  stop(): Promise<void>;
}

const Serving = z.object({
  urls: z.object({ collect: z.url(), admin: z.url(), mail: z.url(), aws: z.url() }),
  adminToken: z.string(),
});

/**
 * Starts what `npm start` starts, from nothing. It ends with this process, however that ends.
 *
 * @throws {Error} with what the stack said when it does not come up.
 */
export async function startLocalStack(): Promise<RunningStack> {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', 'local/start.ts', '--fresh', '--state', STATE],
    { cwd: ROOT, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] },
  );
  const ended = once(child, 'close').then(() => {});
  const complaints: string[] = [];
  if (child.stderr !== null) {
    createInterface({ input: child.stderr }).on('line', (line) => complaints.push(line));
  }
  const [serving] = await Promise.race([once(child, 'message'), ended.then(() => [])]);
  if (serving === undefined) {
    throw new Error(complaints.join('\n') || 'the local stack ended before it was ready');
  }
  const { urls, adminToken } = Serving.parse(serving);
  return {
    collectUrl: urls.collect,
    adminUrl: urls.admin,
    mailUrl: urls.mail,
    awsUrl: urls.aws,
    adminToken,
    ended,
    complaints,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGINT');
      await ended;
    },
  };
}
