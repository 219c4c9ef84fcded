import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import * as timers from 'node:timers/promises';

/** A server that dies with this process, however that ends. */
export interface ServerProcess {
  readonly endpoint: string;
  close(): Promise<void>;
}

/**
 * The shell between us and the server waits for its standard input to end, which happens even when this
 * process is killed with no chance to clean up, and then kills the server.
 */
const WATCHDOG = `
  exec 3<&0
  "$@" 3<&- </dev/null & server=$!
  (cat <&3 >/dev/null; kill -9 $server) 2>/dev/null &
  wait $server`;

const READY_WITHIN_MS = 10_000;
const RESTART_AFTER_MS = 100;

/**
 * Starts dynoxide over a database file and waits until it answers. Should it end by itself, it is started
 * again in the same place: what it acknowledged is in the file.
 */
export async function startDynoxide(binary: string, databasePath: string): Promise<ServerProcess> {
  const port = await freePort();
  const start = () =>
    spawnServer([binary, '--host', '127.0.0.1', '--port', String(port), '--db-path', databasePath]);
  const endpoint = `http://127.0.0.1:${port}`;
  let server = start();
  const deadline = Date.now() + READY_WITHIN_MS;
  while (!(await answers(endpoint))) {
    if (server.hasEnded() || Date.now() > deadline) {
      await server.close();
      throw new Error(`${binary} did not start: ${server.complaint() || 'it said nothing'}`);
    }
    await timers.setTimeout(10);
  }

  let isClosing = false;
  async function keepUp(): Promise<void> {
    for (;;) {
      await server.ended;
      if (isClosing) return;
      await timers.setTimeout(RESTART_AFTER_MS);
      if (isClosing) return;
      server = start();
    }
  }
  const keeping = keepUp();
  return {
    endpoint,
    async close() {
      isClosing = true;
      await server.close();
      await keeping;
    },
  };
}

function spawnServer(command: readonly string[]) {
  // In a session of its own, so that a Ctrl-C reaches it only after the functions that still write to it.
  const child = spawn('/bin/sh', ['-c', WATCHDOG, 'watchdog', ...command], {
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-2000);
  });
  const ended = once(child, 'exit').then(() => void child.stdin.end());
  return {
    ended,
    hasEnded: () => child.exitCode !== null,
    complaint: () => complaint.trim(),
    async close() {
      child.stdin.end();
      await ended;
    },
  };
}

async function answers(endpoint: string): Promise<boolean> {
  return fetch(endpoint).then(
    (response) => response.ok,
    () => false,
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (typeof address !== 'object' || address === null) throw new Error('no free port on 127.0.0.1');
  return address.port;
}

/** The dynoxide that came with the install, else one on the PATH. */
export function findDynoxide(): string | undefined {
  const inPath = (process.env.PATH ?? '').split(delimiter).map((dir) => join(dir, 'dynoxide'));
  return [installedDynoxide(), ...inPath].find((file) => file !== undefined && existsSync(file));
}

function installedDynoxide(): string | undefined {
  const { resolve } = createRequire(import.meta.url);
  try {
    return join(resolve(`@dynoxide/${process.platform}-${process.arch}/package.json`), '../dynoxide');
  } catch {
    // An optional dependency: there is none for this platform.
    return undefined;
  }
}
