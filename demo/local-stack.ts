import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

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
  stop(): Promise<void>;
}

const port = (name: string, fallback: number): string => `http://127.0.0.1:${process.env[name] ?? fallback}`;

/**
 * Starts what `npm start` starts, from nothing.
 *
 * @throws {Error} with what the stack said when it does not come up.
 */
export async function startLocalStack(): Promise<RunningStack> {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', 'local/start.ts', '--fresh', '--state', STATE],
    { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const ended = once(child, 'exit').then(() => {});
  await ready(child);
  return {
    collectUrl: port('COLLECT_PORT', 8787),
    adminUrl: port('ADMIN_PORT', 8788),
    mailUrl: port('MAIL_PORT', 8789),
    awsUrl: port('AWS_PORT', 8790),
    adminToken: readFileSync(join(STATE, 'admin-token'), 'utf8').trim(),
    ended,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGINT');
      await ended;
    },
  };
}

async function ready(child: ChildProcess): Promise<void> {
  const said: string[] = [];
  const lines = [child.stdout, child.stderr].flatMap((input) =>
    input === null ? [] : [createInterface({ input })],
  );
  await new Promise<void>((resolve, reject) => {
    for (const line of lines) {
      line.on('line', (text) => {
        said.push(text);
        if (text.startsWith('ready')) resolve();
      });
    }
    child.once('exit', () =>
      reject(new Error(said.join('\n') || 'the local stack ended before it was ready')),
    );
  });
}
