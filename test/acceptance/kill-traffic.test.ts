import { rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, inject, it, vi } from 'vitest';
import { adminClient } from '#demo/admin-client.ts';
import { define, SHOP } from '#demo/definitions.ts';
import { seededRandom } from '#demo/random.ts';
import { sendTraffic } from '#demo/send.ts';
import { shopTraffic } from '#demo/shop.ts';
import { LOCAL_WRITE_KEY } from '#local/local-source.ts';
import { readBook } from '#test/support/books.ts';
import { openWork, untilConsumed } from '#test/support/consumed.ts';
import { expectTimeline, expectTraffic } from '#test/support/expect-traffic.ts';
import { processesOf } from '#test/support/processes.ts';
import { startStackProcess, temporaryDirectory } from '#test/support/stack-process.ts';

const SEED = Number(process.env.SEED ?? 1);
const KILLS_SENDING = 4;
const KILLS_READING = 3;
const countOf = (...book: Parameters<typeof readBook>): number => Number(readBook(...book)[0]?.n ?? 0);

/** Whose histories are read as well. */
const SAMPLE = 40;

it('every event that was answered with 200 is in one profile, once, however often the stack is killed', async () => {
  const random = seededRandom(SEED);
  const assembly = inject('assembly');
  const dir = temporaryDirectory();
  const traffic = shopTraffic({ seed: SEED, until: Date.UTC(2026, 10, 1) });
  let stack = await startStackProcess({ assembly, dir });
  await define(adminClient(stack.urls.admin, stack.adminToken), SHOP);
  let accepted = 0;
  const sending = sendTraffic(traffic.calls, {
    host: stack.urls.collect,
    writeKey: LOCAL_WRITE_KEY,
    onProgress: (sent) => {
      accepted = sent;
    },
  });
  sending.catch(() => {}); // it is awaited below, after kills that may outlast it

  async function killAt(moment: string, isReached: () => boolean): Promise<void> {
    await vi.waitUntil(isReached, { timeout: 60_000, interval: 10 });
    await pause(random.integer(0, 200));
    const left = openWork(stack);
    await stack.kill();
    console.log(
      `killed ${moment}, with ${accepted} of ${traffic.calls.length} events accepted, ` +
        `and to be read: ${left.join(', ') || 'nothing'}`,
    );
    stack = await startStackProcess({ assembly, dir, after: stack });
  }
  const records = () => countOf(stack, 'kinesis', 'SELECT SUM(counter) AS n FROM streams');
  const writes = () => countOf(stack, 'dynamodb', 'SELECT COUNT(*) AS n FROM _stream_records');

  const moments = Array.from({ length: KILLS_SENDING }, () => random.integer(1, 1_200));
  for (const count of moments.sort((a, b) => a - b)) {
    await killAt(
      `when ${count} records were in`,
      () => records() >= count || accepted === traffic.calls.length,
    );
  }
  expect(await sending).toBe(traffic.calls.length);
  for (let kills = 0; kills < KILLS_READING; kills++) {
    const count = random.integer(1, 250);
    const until = writes() + count;
    const isReached = () => writes() >= until || openWork(stack).length === 0;
    await killAt(`${count} writes later`, isReached);
  }
  await untilConsumed(stack);

  const counted = await expectTraffic(stack, traffic);
  console.log(`${counted.events} events on ${counted.people} people, ${counted.members} rows of segments`);
  const customers = traffic.people.filter(({ identifier }) => identifier.startsWith('userId:'));
  for (const { identifier } of customers.slice(0, SAMPLE)) {
    await expectTimeline(stack, identifier.slice('userId:'.length), traffic);
  }
  await stack.stop();
  await vi.waitFor(() => expect(processesOf(dir)).toEqual([]), { timeout: 5_000 });
  rmSync(dir, { recursive: true });
});
