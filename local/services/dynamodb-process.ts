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

// Mostly it is a tenth of a second; with every core busy it may be a hundred times as long
const READY_WITHIN_MS = 30_000;
const RESTART_AFTER_MS = 100;
const PORTS_TRIED = 5;

/**
 * Starts dynoxide over a database file, or in memory, and waits until it listens. Should it end by itself, it is
 * started again in the same place: what it acknowledged is in the file.
 */
export async function startDynoxide(binary: string, databasePath?: string): Promise<ServerProcess> {
  const database = databasePath === undefined ? [] : ['--db-path', databasePath];
  for (let left = PORTS_TRIED - 1; ; left--) {
    const port = String(await freePort());
    const start = () => spawnServer([binary, '--host', '127.0.0.1', '--port', port, ...database]);
    const server = start();
    if (await server.listens) return keptUp(`http://127.0.0.1:${port}`, { server, start });
    await server.close();
    // Whoever asks the system for a port meanwhile may be given this one
    if (left > 0 && server.said().includes('already in use')) continue;
    throw new Error(`${binary} did not start: ${server.said() || 'it said nothing'}`);
  }
}

type Server = ReturnType<typeof spawnServer>;

function keptUp(
  endpoint: string,
  { server, start }: { server: Server; readonly start: () => Server },
): ServerProcess {
  let current = server;
  let isClosing = false;
  async function keepUp(): Promise<void> {
    for (;;) {
      await current.ended;
      if (isClosing) return;
      await timers.setTimeout(RESTART_AFTER_MS);
      if (isClosing) return;
      current = start();
    }
  }
  const keeping = keepUp();
  return {
    endpoint,
    async close() {
      isClosing = true;
      await current.close();
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
  let said = '';
  const listening = Promise.withResolvers<boolean>();
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2000);
    if (said.includes('listening on')) listening.resolve(true);
  });
  const ended = once(child, 'exit').then(() => void child.stdin.end());
  // All that it said has arrived by then
  child.once('close', () => listening.resolve(false));
  const late = setTimeout(() => listening.resolve(false), READY_WITHIN_MS);
  return {
    ended,
    /** By its own word: at its port another process may answer. */
    listens: listening.promise.finally(() => clearTimeout(late)),
    said: () => said.trim(),
    async close() {
      child.stdin.end();
      await ended;
    },
  };
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
