import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LOCAL_WRITE_KEY } from '#local/local-source.ts';
import { processesOf } from '#test/support/processes.ts';
import { temporaryDirectory } from '#test/support/stack-process.ts';

const START = createRequire(import.meta.url).resolve('#local/start.ts');
const FREE = { COLLECT_PORT: '0', ADMIN_PORT: '0', MAIL_PORT: '0', AWS_PORT: '0' };

let state: string;
beforeEach(() => {
  state = temporaryDirectory();
});
afterEach(() => rmSync(state, { recursive: true }));

interface Started {
  readonly child: ChildProcess;
  said(): string;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<unknown>;
}

/** As `npm start` does; `until` is what it says when there is nothing more to wait for. */
async function start(until: string, ...args: readonly string[]): Promise<Started> {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', START, '--state', state, ...args],
    { env: { ...process.env, ...FREE }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
  );
  let said = '';
  for (const output of [child.stdout, child.stderr]) output?.on('data', (text) => (said += text));
  const ended = once(child, 'exit').then(([code, signal]) => code ?? signal);
  while (!said.includes(until) && child.exitCode === null && child.signalCode === null) await pause(50);
  return { child, said: () => said, ended };
}

/** Waits until nothing runs over the state any more: an engine notices a moment later that it is alone. */
async function nothingRuns(): Promise<void> {
  for (const end = Date.now() + 10_000; processesOf(state).length > 0 && Date.now() < end; ) await pause(50);
  expect(processesOf(state)).toEqual([]);
}

it('npm start says all that is needed to begin, keeps its state for itself, and ends on Ctrl-C', async () => {
  const first = await start('\nready');

  expect(first.said()).toContain(LOCAL_WRITE_KEY);
  expect(first.said()).toContain(readFileSync(join(state, 'admin-token'), 'utf8').trim());
  const [, collect = ''] = /Collect API +(\S+)/.exec(first.said()) ?? [];
  const event = JSON.stringify({ writeKey: LOCAL_WRITE_KEY, anonymousId: 'visitor-1', event: 'Arrived' });
  expect((await fetch(`${collect}/v1/track`, { method: 'POST', body: event })).status).toBe(200);

  const second = await start('is in use: another local stack runs over it');
  expect(await second.ended).toBe(1);

  // npm passes on the signal that the terminal sent to both: twice is once
  first.child.kill('SIGINT');
  first.child.kill('SIGINT');
  expect(await first.ended).toBe(0);
  await nothingRuns();
});

it.each([
  [
    'is killed, though its engine is a process of its own',
    (child: ChildProcess) => child.kill('SIGKILL'),
    'SIGKILL',
  ],
  ['loses the process that started it', (child: ChildProcess) => child.disconnect(), 0],
])('npm start leaves nothing behind when it %s', async (_, end, outcome) => {
  const { child, ended } = await start('\nready');

  end(child);

  expect(await ended).toBe(outcome);
  await nothingRuns();
});

it('npm start that is told to end before it serves ends at once', async () => {
  const { child, ended } = await start('');
  await pause(1_500);

  child.kill('SIGINT');

  expect(await ended).not.toBe(0);
  await nothingRuns();
});
