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

/** Starts dynoxide over a database file and waits until it answers. */
export async function startDynoxide(binary: string, databasePath: string): Promise<ServerProcess> {
  const port = await freePort();
  const server = [binary, '--host', '127.0.0.1', '--port', String(port), '--db-path', databasePath];
  // In a session of its own, so that a Ctrl-C reaches it only after the functions that still write to it.
  const child = spawn('/bin/sh', ['-c', WATCHDOG, 'watchdog', ...server], {
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-2000);
  });
  const ended = once(child, 'exit');
  ended.then(() => child.stdin.end());

  const endpoint = `http://127.0.0.1:${port}`;
  const close = async () => {
    child.stdin.end();
    await ended;
  };
  const deadline = Date.now() + READY_WITHIN_MS;
  while (!(await answers(endpoint))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await close();
      throw new Error(`${binary} did not start: ${complaint.trim() || 'it said nothing'}`);
    }
    await timers.setTimeout(10);
  }
  return { endpoint, close };
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
