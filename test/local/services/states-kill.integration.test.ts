import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import timers from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { openJournal } from '#local/services/states-journal.ts';
import { machineArn } from './states-machine.ts';

const dir = mkdtempSync(join(tmpdir(), 'states-kill-'));
const log = join(dir, 'calls.log');
afterEach(() => rmSync(dir, { recursive: true }));

const lines = () => (existsSync(log) ? readFileSync(log, 'utf8').split('\n').filter(Boolean) : []);

function startChild(mode: string) {
  const script = join(import.meta.dirname, 'states-child.ts');
  return spawn(process.execPath, [script, dir, log, mode], { stdio: ['ignore', 'ignore', 'inherit'] });
}

async function waitUntil(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`waited in vain; calls so far:\n${lines().join('\n')}`);
    await timers.setTimeout(5);
  }
}

it('goes on after a kill -9 in the middle of a run, repeating no step whose result was recorded', async () => {
  const first = startChild('start');
  await waitUntil(() => lines().filter((line) => line.startsWith('done write')).length >= 3);
  first.kill('SIGKILL');
  await new Promise((done) => first.once('exit', done));
  const before = lines();

  const second = startChild('resume');
  await waitUntil(() => lines().some((line) => line.startsWith('done finish')));
  await new Promise((done) => second.once('exit', done)); // with no run under way nothing keeps it alive

  const called = lines().filter((line) => line.startsWith('called'));
  const finished = before.filter((line) => line.startsWith('done'));
  expect(called.filter((line) => line.startsWith('called plan'))).toHaveLength(1);
  expect(called.filter((line) => line.startsWith('called finish'))).toHaveLength(1);
  // Only what was under way at the kill is called twice: at most two, the Map's concurrency.
  expect(called.length).toBeLessThanOrEqual(1 + 6 + 1 + 2);
  // A call done in the very last moment may not have been recorded yet.
  for (const line of finished.slice(0, -2)) {
    expect(called.filter((call) => call === line.replace('done', 'called'))).toHaveLength(1);
  }
  const journal = openJournal(dir);
  const execution = journal.find(`${machineArn.replace(':stateMachine:', ':execution:')}:r`);
  journal.close();
  expect(execution).toMatchObject({ status: 'SUCCEEDED', output: '{"runId":"r","parts":[1,2,3,4,5,6]}' });
});
