import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundle } from '#infra/bundle.ts';
import { percentile } from './measure.ts';

/** What it takes a fresh process to load a bundle. */
export interface ColdLoad {
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
    runs = 15,
  }: { readonly environment: Readonly<Record<string, string>>; readonly runs?: number },
): ReadonlyMap<Entry, ColdLoad> {
  const bundles = bundle(entries, process.cwd());
  try {
    const files = entries.map((entry) => ({ entry, file: join(bundles.folderOf(entry), 'index.mjs') }));
    const rounds = Array.from({ length: runs }, () => files.map(({ file }) => loadOnce(file, environment)));
    return new Map(
      files.map(({ entry, file }, n) => {
        const median = (index: 0 | 1): number =>
          percentile(
            rounds.map((round) => round[n]?.[index] ?? Number.NaN),
            50,
          );
        return [entry, { kb: statSync(file).size / 1024, ms: median(0), cpuMs: median(1) }];
      }),
    );
  } finally {
    bundles.remove();
  }
}

function loadOnce(file: string, environment: Readonly<Record<string, string>>): readonly [number, number] {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--enable-source-maps', '--input-type=module', '--eval', LOAD, pathToFileURL(file).href],
    { env: { ...process.env, ...environment }, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`${file} does not load: ${stderr}`);
  const [ms, cpuMs] = JSON.parse(stdout);
  return [Number(ms), Number(cpuMs)];
}
