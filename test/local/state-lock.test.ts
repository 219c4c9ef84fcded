import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { clearState, lockState } from '#local/state-lock.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lock-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

it('state belongs to one at a time', () => {
  const lock = lockState(dir);

  expect(() => lockState(dir)).toThrow('is in use: another local stack runs over it');

  lock.close();
  lockState(dir).close();
});

it('state that is in use cannot be thrown away', () => {
  writeFileSync(join(dir, 'data'), 'precious');
  const lock = lockState(dir);

  expect(() => clearState(dir)).toThrow('is in use');
  expect(readdirSync(dir)).toContain('data');

  lock.close();
  clearState(dir);
  expect(readdirSync(dir)).not.toContain('data');
});
