import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const LOCK_FILE = 'lock.sqlite';

/**
 * Keeps a directory of state for this process alone.
 *
 * The lock is SQLite's, on a file: the operating system gives it back however the process ends, a kill -9
 * included, so that there never is a stale one.
 *
 * @throws when another process holds it.
 */
export function lockState(dir: string): { close(): void } {
  mkdirSync(dir, { recursive: true });
  const database = new DatabaseSync(join(dir, LOCK_FILE));
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    throw new Error(`${dir} is in use: another local stack runs over it, and two would spoil its state`, {
      cause,
    });
  }
  return { close: () => database.close() };
}

/**
 * Empties a directory of state, the lock aside.
 *
 * @throws when another process holds it.
 */
export function clearState(dir: string): void {
  const lock = lockState(dir);
  try {
    for (const name of readdirSync(dir)) {
      if (!name.startsWith(LOCK_FILE)) rmSync(join(dir, name), { recursive: true });
    }
  } finally {
    lock.close();
  }
}
