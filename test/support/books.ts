import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { StackProcess } from './stack-process.ts';

/** Reads one of the databases in which a local stack keeps its state, while it runs and after. */
export function readBook(
  { dir }: Pick<StackProcess, 'dir'>,
  name: string,
  query: string,
): readonly Record<string, unknown>[] {
  const file = join(dir, 'state', `${name}.sqlite`);
  if (!existsSync(file)) return [];
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    database.exec('PRAGMA busy_timeout = 5000');
    return database.prepare(query).all();
  } finally {
    database.close();
  }
}
