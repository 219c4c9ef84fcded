import { rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, inject, it, vi } from 'vitest';
import * as z from 'zod';
import { documentedAdmin } from '#test/support/documented-admin.ts';
import { startStackProcess, temporaryDirectory } from '#test/support/stack-process.ts';
import { makeSubscribers } from '#test/support/subscribers.ts';

const Runs = z.object({
  runs: z.array(z.object({ id: z.string(), status: z.string(), startedAt: z.string() })),
});
const Run = z.object({ result: z.object({ rows: z.int() }) });

it('exports run by themselves when they are due, also when the stack was killed in between', async () => {
  const assembly = inject('assembly');
  const dir = temporaryDirectory();
  let stack = await startStackProcess({ assembly, dir });
  await makeSubscribers(stack, 10);
  const at = new Date(Date.now() + 12_000).toISOString().slice(0, 19);
  const schedules = {
    once: { expression: `at(${at})`, timezone: 'UTC' },
    'each-minute': { expression: 'cron(* * * * ? *)', timezone: 'Europe/Paris' },
    'every-minute': { expression: 'rate(1 minute)' },
  };
  for (const [id, schedule] of Object.entries(schedules)) {
    const body = { name: id, segment: 'everybody', columns: ['pid'], schedule };
    const put = await documentedAdmin(stack)({ method: 'PUT', path: `/v1/exports/${id}`, body });
    expect(put.status).toBe(200);
  }
  await stack.kill();
  await pause(500);
  stack = await startStackProcess({ assembly, dir, after: stack });
  const admin = documentedAdmin(stack);

  for (const id of Object.keys(schedules)) {
    const path = `/v1/exports/${id}/runs`;
    const run = await vi.waitUntil(
      async () =>
        Runs.parse((await admin({ method: 'GET', path })).body).runs.find(
          ({ status }) => status !== 'running',
        ),
      { timeout: 120_000, interval: 500 },
    );
    const { body } = await admin({ method: 'GET', path: `${path}/${run.id}` });
    console.log(`${id}: started ${run.startedAt}, ${run.status}`);
    expect(run.status).toBe('succeeded');
    expect(Run.parse(body).result.rows).toBe(10);
  }
  await stack.stop();
  rmSync(dir, { recursive: true });
});
