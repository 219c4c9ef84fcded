import { rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, inject, it, vi } from 'vitest';
import { adminClient } from '#demo/admin-client.ts';
import { define, SHOP } from '#demo/definitions.ts';
import { seededRandom } from '#demo/random.ts';
import { sendTraffic } from '#demo/send.ts';
import { shopTraffic } from '#demo/shop.ts';
import { LOCAL_WRITE_KEY } from '#local/local-source.ts';
import { openWork, untilConsumed } from '#test/support/consumed.ts';
import { expectTimeline, expectTraffic } from '#test/support/expect-traffic.ts';
import { processesOf, startStackProcess, temporaryDirectory } from '#test/support/stack-process.ts';

const SEED = Number(process.env.SEED ?? 1);
const KILLS_SENDING = 4;
const KILLS_READING = 3;
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

  async function killAfter(ms: number): Promise<void> {
    await pause(ms);
    const left = openWork(stack);
    await stack.kill();
    console.log(
      `killed after ${ms} ms, with ${accepted} of ${traffic.calls.length} events accepted, ` +
        `and to be read: ${left.join(', ') || 'nothing'}`,
    );
    stack = await startStackProcess({ assembly, dir, after: stack });
  }

  for (let kills = 0; kills < KILLS_SENDING; kills++) await killAfter(random.integer(50, 2_500));
  expect(await sending).toBe(traffic.calls.length);
  for (let kills = 0; kills < KILLS_READING; kills++) await killAfter(random.integer(300, 3_500));
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
