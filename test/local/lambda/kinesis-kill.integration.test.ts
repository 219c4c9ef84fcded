import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { eventually, openBench } from '#test/support/local/mapping-bench.ts';

const CHILD = createRequire(import.meta.url).resolve('#test/support/local/kinesis-child.ts');

it('keeps every put it answered, and delivers each again or not at all, over a kill -9', async () => {
  const bench = openBench();
  await bench.reopen();
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', CHILD, bench.dir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  for (const end = Date.now() + 20_000; !said.includes('put 60\n') && Date.now() < end; ) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  child.kill('SIGKILL');
  await once(child, 'exit');

  await bench.reopen();
  const lines = said.split('\n').slice(0, -1);
  const answered = lines.flatMap((line) => (line.startsWith('put ') ? [Number(line.slice(4))] : []));
  const expected = answered.flatMap((n) => [0, 1, 2, 3, 4].map((part) => `a=${n}.${part}`));
  const taken = lines.flatMap((line) => (line.startsWith('taken ') ? [line.slice(6)] : []));
  await bench.start({});
  await eventually(() => expected.every((text) => taken.includes(text) || bench.texts().includes(text)));
  const again = bench.texts();
  await bench.close();

  const all = new Set([...taken, ...again]);
  expect(answered.length).toBeGreaterThanOrEqual(60);
  expect(expected.filter((text) => !all.has(text))).toEqual([]);
  // At most the batch under way, and what its answer had not yet moved the checkpoint over.
  expect(again.filter((text) => taken.includes(text)).length).toBeLessThanOrEqual(3);
  expect(again).toEqual(again.toSorted((a, b) => Number(a.slice(2)) - Number(b.slice(2))));
  // A request is kept whole or not at all.
  expect(all.size % 5).toBe(0);
});
