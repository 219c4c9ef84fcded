import { rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest';
import * as z from 'zod';
import { readExport } from '#demo/export-file.ts';
import { seededRandom } from '#demo/random.ts';
import { Manifest } from '#shared/exports/manifest.ts';
import { readBook } from '#test/support/books.ts';
import { untilConsumed } from '#test/support/consumed.ts';
import { documentedAdmin } from '#test/support/documented-admin.ts';
import { readMail } from '#test/support/mail.ts';
import { processesOf } from '#test/support/processes.ts';
import { type StackProcess, startStackProcess, temporaryDirectory } from '#test/support/stack-process.ts';
import { storedPeople } from '#test/support/stored-people.ts';
import { makeSubscribers, refusing } from '#test/support/subscribers.ts';

const SEED = Number(process.env.SEED ?? 1);
const MEMBERS = 300;
const REFUSING = refusing(MEMBERS);
const WILLING = MEMBERS - REFUSING;
const random = seededRandom(SEED);

const dir = temporaryDirectory();
let stack: StackProcess;
beforeAll(async () => {
  stack = await startStackProcess({ assembly: inject('assembly'), dir });
  await makeSubscribers(stack, MEMBERS);
});
afterAll(async () => {
  await stack.stop();
  rmSync(dir, { recursive: true });
});

const Started = z.object({ id: z.string() });
const Report = z.object({
  members: z.int(),
  sent: z.int(),
  unknown: z.int(),
  failed: z.int(),
  excluded: z.record(z.string(), z.int()),
});

async function start(path: string, key: string): Promise<string> {
  const headers = { 'idempotency-key': key };
  const { body } = await documentedAdmin(stack)({ method: 'POST', path: `/v1${path}/runs`, headers });
  return Started.parse(body).id;
}

/** Follows a run to its end, by the stack that runs now. */
async function finish<S extends z.ZodType>(path: string, id: string, result: S): Promise<z.output<S>> {
  const Run = z.object({
    status: z.enum(['running', 'succeeded', 'failed']),
    result: z.unknown().optional(),
  });
  for (;;) {
    const { body } = await documentedAdmin(stack)({ method: 'GET', path: `/v1${path}/runs/${id}` });
    const run = Run.parse(body);
    expect(run.status, JSON.stringify(body)).not.toBe('failed');
    if (run.status === 'succeeded') return result.parse(run.result);
    await pause(200);
  }
}

const mailsOf = (): number => Number(readBook(stack, 'mail', 'SELECT COUNT(*) AS n FROM mails')[0]?.n);

async function killAndRestart(): Promise<void> {
  await stack.kill();
  stack = await startStackProcess({ assembly: inject('assembly'), dir, after: stack });
}

/** When to kill: soon after the start, or when so many mails of the run are out. */
type Moment = { readonly ms: number } | { readonly mails: number };

async function reach(moment: Moment, { before }: { readonly before: number }): Promise<void> {
  if ('ms' in moment) await pause(moment.ms);
  else await vi.waitUntil(() => mailsOf() - before >= moment.mails, { timeout: 60_000, interval: 2 });
}

const rounds: readonly (readonly Moment[])[] = [
  [{ ms: random.integer(0, 60) }],
  [{ ms: random.integer(60, 400) }],
  [{ mails: 1 }],
  [{ mails: random.integer(2, WILLING / 2) }],
  [{ mails: random.integer(2, WILLING / 3) }, { mails: random.integer(WILLING / 2, WILLING - 40) }],
  [{ mails: WILLING - random.integer(1, 8) }],
];

it.each(rounds.map((moments, n) => ({ round: n + 1, moments })))(
  'round $round: a run that is killed at $moments goes on after the restart, and writes to nobody twice',
  async ({ round, moments }) => {
    const before = mailsOf();
    const campaign = await start('/campaigns/hello', `round-${round}`);
    const file = await start('/exports/everybody', `round-${round}`);
    const mailsAtKills: number[] = [];
    for (const moment of moments) {
      await reach(moment, { before });
      await killAndRestart();
      mailsAtKills.push(mailsOf() - before);
    }
    expect(await start('/campaigns/hello', `round-${round}`)).toBe(campaign);

    const report = await finish('/campaigns/hello', campaign, Report);
    const manifest = await finish('/exports/everybody', file, Manifest.extend({ bucket: z.string() }));

    console.log(
      `round ${round}: killed at ${JSON.stringify(moments)}, after ${mailsAtKills.join(' and ')} mails; ` +
        `${JSON.stringify(report)}; ${manifest.rows} rows in ${manifest.parts.length} files`,
    );
    const addresses = (await readMail(stack))
      .filter(({ tags }) => Object.values(tags).flat().includes(campaign))
      .flatMap(({ to }) => to);
    expect(addresses.toSorted()).toEqual([...new Set(addresses)].sort());
    expect(addresses.length).toBe(mailsOf() - before);
    expect(report).toMatchObject({ members: MEMBERS, failed: 0, excluded: { consent_denied: REFUSING } });
    expect(report.sent + report.unknown).toBe(WILLING);
    expect(addresses.length).toBeGreaterThanOrEqual(report.sent);
    expect(addresses.length).toBeLessThanOrEqual(report.sent + report.unknown);

    const [, ...rows] = await readExport(manifest, stack.urls.aws);
    const everybody = Array.from({ length: MEMBERS }, (_, n) => [`person-${n}`, `person-${n}@example.com`]);
    expect(rows.toSorted()).toEqual(everybody.sort());
  },
);

it('has told each person of each of their mails once, and leaves no process', async () => {
  await untilConsumed(stack);

  const mails = Map.groupBy(await readMail(stack), ({ to }) => to[0] ?? '');
  const people = await storedPeople(stack);
  const told = people.map(({ profile, activity }) => [
    Object.keys(profile.identifiers)
      .find((key) => key.startsWith('email#'))
      ?.slice('email#'.length),
    activity.events['Email Delivered']?.count ?? 0,
  ]);
  expect(told.toSorted()).toEqual(
    told.map(([address]) => [address, mails.get(String(address))?.length ?? 0]).sort(),
  );
  console.log(`${[...mails.values()].flat().length} mails to ${mails.size} addresses, each told of once`);

  await stack.stop();
  await vi.waitFor(() => expect(processesOf(dir)).toEqual([]), { timeout: 5_000 });
});
