import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

const start = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  promisify(execFile)(process.execPath, ['local/start.ts', ...args], {
    cwd: root,
    env: { ...process.env, NODE_OPTIONS: '--disable-warning=ExperimentalWarning', ...env },
  });

describe('npm start', () => {
  it('tells its options', async () => {
    expect((await start(['--help'])).stdout).toContain('--fresh');
  });

  it.each([
    ['an option that there is not', ['--frehs'], {}, '--frehs'],
    ['a port that is none', [], { ADMIN_PORT: 'eighty' }, 'ADMIN_PORT'],
  ])('stops at once at %s, naming it', async (_, args, env, message) => {
    await expect(start(args, env)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining(message),
    });
  });
});
