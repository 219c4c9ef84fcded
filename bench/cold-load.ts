import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundle } from '#infra/bundle.ts';
import { percentile } from './measure.ts';

/** What it takes a fresh process to load a bundle. */
export interface ColdLoad {
  /** Of what is read at once; what waits for an `import()` is not. */
  readonly kb: number;
  /** By the clock, and by the CPU time of all threads. */
  readonly ms: number;
  readonly cpuMs: number;
}

const LOAD = `
const before = process.cpuUsage();
const since = performance.now();
await import(process.argv[1]);
const ms = performance.now() - since;
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify([ms, (user + system) / 1000]));
`;

/**
 * Bundles handlers as they are deployed and loads each in fresh processes, in turns, so that a machine that
 * slows down meanwhile slows all of them. What Node itself takes to start is not counted.
 *
 * @throws {Error} when a bundle does not load.
 */
export function coldLoads<Entry extends string>(
  entries: readonly Entry[],
  {
    environment,
    runs = 21,
  }: { readonly environment: Readonly<Record<string, string>>; readonly runs?: number },
): ReadonlyMap<Entry, ColdLoad> {
  const bundles = bundle(entries, process.cwd());
  try {
    const files = entries.map((entry) => ({ entry, file: join(bundles.folderOf(entry), 'index.mjs') }));
    const kbOf = (file: string): number => bytesRead(file, new Set()) / 1024;
    const rounds = Array.from({ length: runs }, () => files.map(({ file }) => loadOnce(file, environment)));
    return new Map(
      files.map(({ entry, file }, n) => {
        const median = (index: 0 | 1): number =>
          percentile(
            rounds.map((round) => round[n]?.[index] ?? Number.NaN),
            50,
          );
        return [entry, { kb: kbOf(file), ms: median(0), cpuMs: median(1) }];
      }),
    );
  } finally {
    bundles.remove();
  }
}

const IMPORTED = /(?:\bfrom|\bimport)\s*"(\.\/[^"]+)"/g;

/** Of a file and all that it imports by name from beside it. */
function bytesRead(file: string, seen: Set<string>): number {
  if (seen.has(file)) return 0;
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  const imported = [...text.matchAll(IMPORTED)].map(([, path = '']) => join(dirname(file), path));
  return imported.reduce((sum, path) => sum + bytesRead(path, seen), Buffer.byteLength(text));
}

function loadOnce(file: string, environment: Readonly<Record<string, string>>): readonly [number, number] {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', LOAD, pathToFileURL(file).href],
    { env: { ...process.env, ...environment }, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`${file} does not load: ${stderr}`);
  const [ms, cpuMs] = JSON.parse(stdout);
  return [Number(ms), Number(cpuMs)];
}
