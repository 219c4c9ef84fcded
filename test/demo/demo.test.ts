import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const DEMO = createRequire(import.meta.url).resolve('#demo/demo.ts');

const demo = (...args: readonly string[]) => promisify(execFile)(process.execPath, [DEMO, ...args]);

it('tells its options', async () => {
  expect((await demo('--help')).stdout).toContain('--purchases FILE');
});

it.each([
  ['an option that there is not', ['--kepe'], /--kepe.*\n.*npm run demo -- --help/],
  ['a file without its option', ['history.csv'], /history\.csv.*\n.*npm run demo -- --help/],
  ['a seed that is no number', ['--seed', 'seven'], /--seed takes a whole number, not seven/],
  ['a file that is not there', ['--purchases', 'none.csv'], /none\.csv cannot be read/],
])('fails before it starts anything at %s', async (_, args, message) => {
  await expect(demo(...args)).rejects.toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(message),
  });
});
