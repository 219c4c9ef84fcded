import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest';
import { readBook } from '#test/support/books.ts';
import { untilConsumed } from '#test/support/consumed.ts';
import { defineImport, endOfRun, readRun, runOfFile, uploadFile } from '#test/support/import-run.ts';
import { PURCHASES, purchaseFile } from '#test/support/purchase-file.ts';
import { type StackProcess, startStackProcess, temporaryDirectory } from '#test/support/stack-process.ts';
import { storedPeople } from '#test/support/stored-people.ts';

const dir = temporaryDirectory();
let stack: StackProcess;
beforeAll(async () => {
  stack = await startStackProcess({ assembly: inject('assembly'), dir });
  await defineImport(stack, 'purchases', PURCHASES);
});
afterAll(async () => {
  await stack.stop();
  rmSync(dir, { recursive: true });
});

const recordsSent = (): number =>
  Number(readBook(stack, 'kinesis', 'SELECT COUNT(*) AS n FROM records')[0]?.n ?? 0);

it('a run whose stack is killed in the middle of a part ends exactly as one that was not', async () => {
  const ROWS = 1_500;
  const { bytes, rejected, customers } = purchaseFile({ rows: ROWS, customers: 200, seed: 7 });
  const key = await uploadFile(stack, { importId: 'purchases', fileName: 'history.csv', bytes });
  const id = await runOfFile(stack, 'purchases', key);
  await vi.waitUntil(() => recordsSent() > 300, { timeout: 60_000, interval: 20 });

  await stack.kill();
  const sentBefore = recordsSent();
  stack = await startStackProcess({ assembly: inject('assembly'), dir, after: stack });
  expect(await readRun(stack, 'purchases', id)).toMatchObject({ status: 'running' });
  const run = await endOfRun(stack, 'purchases', id);
  await untilConsumed(stack);

  expect(sentBefore).toBeLessThan(ROWS - rejected.length);
  expect(run).toMatchObject({
    status: 'succeeded',
    result: { rows: ROWS, accepted: ROWS - rejected.length, rejected: rejected.length },
  });
  const stored = (await storedPeople(stack)).map(({ profile, activity }) => [
    Object.keys(profile.identifiers).find((one) => one.startsWith('userId#')),
    activity.events['Order Completed']?.count,
    activity.sums,
  ]);
  expect(stored.toSorted()).toEqual(
    [...customers]
      .map(([customer, { count, cents }]) => [`userId#${customer}`, count, { total_spent: { USD: cents } }])
      .sort(),
  );
});
