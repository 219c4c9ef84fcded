import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { compareLists, listedIn, listing } from './listed.ts';
import { Report, scoreOf, scoresOf, survivorsOf } from './report.ts';

// npm run mutation [-- file …]: changes the code in small ways, one at a time, and counts what the tests notice

const FOLDER = 'test/mutation';
const CONFIG = `${FOLDER}/stryker.config.json`;
const REPORT = 'reports/mutation/report.json';
const PAGE = 'docs/mutation.md';

/** In per cent, of all files together. */
const LEAST_SCORE = 90;

const print = (line: string): void => void process.stdout.write(`${line}\n`);

function main(files: readonly string[]): number {
  if (!install() || !runStryker(files)) return 1;
  const report = Report.parse(JSON.parse(readFileSync(REPORT, 'utf8')));
  const scores = scoresOf(report);
  const { unlisted, stale } = compareLists(
    survivorsOf(report),
    listedIn(readFileSync(PAGE, 'utf8')),
    scores.map(({ file }) => file),
  );
  print('');
  for (const score of scores) {
    const slow = score.timedOut > 0 ? `, ${score.timedOut} by the clock` : '';
    print(`${score.file.padEnd(42)} ${percent([score])}  ${score.noticed} of ${score.of}${slow}`);
  }
  for (const mutant of unlisted)
    print(`survived, not in ${PAGE}: ${mutant.file}:${mutant.line}\n${listing(mutant)}`);
  for (const mutant of stale) print(`in ${PAGE}, but none that survived: ${mutant.file}\n${listing(mutant)}`);
  print(`mutation_score=${percent(scores).trim()} seconds=${Math.round(performance.now() / 1000)}`);
  return unlisted.length + stale.length > 0 || scoreOf(scores) < LEAST_SCORE ? 1 : 0;
}

/** Stryker is installed on first use from a lock of its own, so that it does not weigh on everybody's install. */
function install(): boolean {
  if (existsSync(`${FOLDER}/node_modules/.package-lock.json`)) return true;
  print(`installing Stryker into ${FOLDER} (once, about 60 MB)`);
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  return spawnSync('npm', args, { cwd: FOLDER, stdio: 'inherit' }).status === 0;
}

function runStryker(files: readonly string[]): boolean {
  rmSync(REPORT, { force: true });
  const stryker = `${FOLDER}/node_modules/@stryker-mutator/core/bin/stryker.js`;
  const only = files.length > 0 ? ['--mutate', files.join(',')] : [];
  const { status } = spawnSync(process.execPath, [stryker, 'run', CONFIG, ...only], { stdio: 'inherit' });
  return status === 0;
}

const percent = (scores: Parameters<typeof scoreOf>[0]): string => scoreOf(scores).toFixed(1).padStart(5);

process.exitCode = main(process.argv.slice(2));
