import { createHash } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import * as z from 'zod';
import { untilConsumed } from '#test/support/consumed.ts';
import { defineImport, importFile } from '#test/support/import-run.ts';
import { PURCHASES, purchaseFile } from '#test/support/purchase-file.ts';
import { type StackProcess, startFreshStack } from '#test/support/stack-process.ts';
import { storedPeople } from '#test/support/stored-people.ts';

const ROWS = 100_000;
const BAD = ROWS / 20;
const CUSTOMERS = 20_000;

let stack: StackProcess;
beforeAll(async () => {
  stack = await startFreshStack(inject('assembly'));
  await defineImport(stack, 'purchases', PURCHASES);
});
afterAll(() => stack?.stop());

const Rejected = z.array(z.tuple([z.coerce.number(), z.string(), z.string()]).rest(z.string()));

it('a file of 100,000 rows, one in twenty bad in one of ten ways, comes to an exact report and exact profiles', async () => {
  const { bytes, rejected, customers } = purchaseFile({
    rows: ROWS,
    customers: CUSTOMERS,
    seed: 5,
    order: 'by customer',
  });
  expect(rejected).toHaveLength(BAD);
  const reasons = Object.fromEntries(
    [...Map.groupBy(rejected, ([, reason]) => reason)].map(([reason, of]) => [reason, of.length]),
  );
  expect(Object.values(reasons)).toEqual(Array(10).fill(BAD / 10));

  const startedAt = performance.now();
  const run = await importFile(stack, { importId: 'purchases', fileName: 'history.csv', bytes });
  const seconds = (performance.now() - startedAt) / 1000;

  expect(run).toMatchObject({
    status: 'succeeded',
    result: {
      file: { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') },
      rows: ROWS,
      accepted: ROWS - BAD,
      rejected: BAD,
      flagged: 0,
      dropped: 0,
      reasons,
    },
  });
  const report = Buffer.from(await (await fetch(run.rejected?.url ?? '')).arrayBuffer());
  const [, ...told] = z
    .array(z.array(z.string()))
    .parse(parse(report, { delimiter: ';', bom: true, relaxColumnCount: true }));
  expect(Rejected.parse(told).map(([line, reason, column]) => [line, reason, column])).toEqual(rejected);

  await untilConsumed(stack, 300_000);
  const drained = (performance.now() - startedAt) / 1000;
  const people = await storedPeople(stack);
  const stored = people.map(({ profile, activity }) => {
    const ids = Object.keys(profile.identifiers).filter((key) => key.startsWith('userId#'));
    const { count = 0 } = activity.events['Order Completed'] ?? {};
    return [ids.map((key) => key.slice('userId#'.length)).join(), count, activity.sums];
  });
  const expected = [...customers].map(([id, { count, cents }]) => [
    id,
    count,
    { total_spent: { USD: cents } },
  ]);
  expect(stored.toSorted(byId)).toEqual(expected.sort(byId));
  console.log(
    `${ROWS} rows, ${bytes.length} bytes, imported in ${seconds.toFixed(0)} s, applied after ${drained.toFixed(0)} s; ` +
      `${rejected.length} rejected in ${Object.keys(reasons).length} ways; ${people.length} people`,
  );
}, 1_800_000);

const byId = ([a]: readonly unknown[], [b]: readonly unknown[]): number => (String(a) < String(b) ? -1 : 1);
