import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ERRORS = join(import.meta.dirname, '../../docs/errors.md');

/** The reasons that docs/errors.md has for what lies in quarantine. */
export function documentedReasons(): ReadonlySet<string> {
  const [, section = ''] = readFileSync(ERRORS, 'utf8').split('## Reasons in quarantine');
  const [table = ''] = section.split('\n## ');
  const cells = [...table.matchAll(/^\| ([^|]+) \|/gm)].map(([, cell = '']) => cell);
  return new Set(
    cells.flatMap((cell) => [...cell.matchAll(/`([a-z_]+)`/g)].map(([, reason = '']) => reason)),
  );
}
