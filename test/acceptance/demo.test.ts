import { execFile } from 'node:child_process';
import { cpSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { seededRandom } from '#demo/random.ts';
import { processesOf } from '#test/support/processes.ts';
import { temporaryDirectory } from '#test/support/stack-process.ts';

const ROOT = resolve(import.meta.dirname, '../..');
/** What a clone does not hold. */
const NOT_CLONED = /^(?:\.git|\.local|cdk\.out|node_modules|bench\/peers\/node_modules)$/;
const FREE = { COLLECT_PORT: '0', ADMIN_PORT: '0', MAIL_PORT: '0', AWS_PORT: '0' };

/** A checkout of its own, so that another demo that runs from this one is not in the way. */
let clone: string;
beforeAll(() => {
  clone = temporaryDirectory();
  cpSync(ROOT, clone, { recursive: true, filter: (path) => !NOT_CLONED.test(relative(ROOT, path)) });
  symlinkSync(join(ROOT, 'node_modules'), join(clone, 'node_modules'));
});
afterAll(() => rmSync(clone, { recursive: true }));

/** `npm run demo`, as a user types it. */
async function demo(...options: readonly string[]): Promise<{ code: number; said: string; seconds: number }> {
  const startedAt = performance.now();
  const args = ['run', 'demo', ...(options.length > 0 ? ['--', ...options] : [])];
  return new Promise((done) => {
    const child = execFile(
      'npm',
      args,
      { cwd: clone, env: { ...process.env, ...FREE } },
      (_, stdout, stderr) =>
        done({
          code: child.exitCode ?? -1,
          said: stdout + stderr,
          seconds: (performance.now() - startedAt) / 1000,
        }),
    );
  });
}

/** The number that the demo shows under a label. */
function shown(said: string, label: string): number {
  const line = said.split('\n').find((text) => text.trimStart().startsWith(`${label} `)) ?? '';
  return Number(/([\d.]+)$/.exec(line)?.[1] ?? Number.NaN);
}

/** The engine notices a moment later than the demo that it is alone. */
const nothingLeft = () => vi.waitFor(() => expect(processesOf(clone)).toEqual([]), { timeout: 10_000 });

it('npm run demo shows a shop, and leaves no process', async () => {
  const { code, said, seconds } = await demo();

  console.log(`${said}\n(${seconds.toFixed(0)} s)`);
  expect(code, said).toBe(0);
  expect(shown(said, 'events accepted')).toBeGreaterThanOrEqual(3_000);
  expect(shown(said, 'profiles they lead to')).toBeGreaterThanOrEqual(300);
  expect(shown(said, 'events on profiles')).toBe(shown(said, 'events accepted'));
  await nothingLeft();
});

interface Purchase {
  readonly customer: string;
  readonly cents: number;
}

/** A history in which some rows are exact twins of others. */
function makeHistory(file: string): void {
  const random = seededRandom(3);
  const rows = Array.from({ length: 700 }, () => {
    const customer = String(random.integer(1, 260)).padStart(5, '0');
    const date = new Date(Date.UTC(1997, 0, random.integer(1, 545))).toISOString().slice(0, 10);
    return `${customer},${date},${random.integer(1, 5)},${(random.integer(499, 9_999) / 100).toFixed(2)}`;
  });
  const twins = rows.filter((_, n) => n % 35 === 0);
  writeFileSync(file, ['customer_id,date,quantity,value', ...rows, ...twins, ''].join('\n'));
}

const readHistory = (file: string): readonly Purchase[] =>
  readFileSync(file, 'utf8')
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((row) => row.split(','))
    .map(([customer = '', , , value]) => ({ customer, cents: Math.round(Number(value) * 100) }));

it('npm run demo -- --purchases FILE comes to what the file says, twin rows included', async () => {
  const made = join(clone, 'purchases.csv');
  makeHistory(made);
  const file = process.env.PURCHASES_FILE ?? made;
  const history = readHistory(file);
  const customers = Map.groupBy(history, ({ customer }) => customer);
  const total = history.reduce((sum, { cents }) => sum + cents, 0);

  const { code, said, seconds } = await demo('--purchases', resolve(file));

  console.log(
    `${file}: ${history.length} purchases of ${customers.size} customers\n${said}\n(${seconds.toFixed(0)} s)`,
  );
  expect(code, said).toBe(0);
  expect(shown(said, 'profiles they lead to')).toBe(customers.size);
  expect(shown(said, 'spent, USD')).toBe(total / 100);
  expect(shown(said, 'Bought three times or more')).toBe(
    [...customers.values()].filter((theirs) => theirs.length >= 3).length,
  );
  expect(said).toContain('nothing changed');
  await nothingLeft();
});

it('npm run demo says what is wrong with a file before it starts anything, and fails', async () => {
  const file = join(clone, 'wrong.csv');
  writeFileSync(file, 'customer_id,date,quantity,value\n1,1997-01-01,1,12.00\n2,1997-02-30,1,5.00\n');

  const { code, said } = await demo('--purchases', file);

  expect(code).not.toBe(0);
  expect(said).toContain('line 3, column date');
  await nothingLeft();
});
