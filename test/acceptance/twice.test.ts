import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { adminClient } from '#demo/admin-client.ts';
import { define, SHOP } from '#demo/definitions.ts';
import { sendTraffic } from '#demo/send.ts';
import { shopTraffic } from '#demo/shop.ts';
import { LOCAL_WRITE_KEY } from '#local/local-source.ts';
import { canonicalState } from '#shared/profiles/canonical.ts';
import { untilConsumed } from '#test/support/consumed.ts';
import { expectTraffic } from '#test/support/expect-traffic.ts';
import { type StackProcess, startFreshStack } from '#test/support/stack-process.ts';
import { audienceMembers, storedPeople } from '#test/support/stored-people.ts';

const SEED = Number(process.env.SEED ?? 1);
const traffic = shopTraffic({ seed: SEED, until: Date.UTC(2026, 10, 1) });

let stack: StackProcess;
beforeEach(async () => {
  stack = await startFreshStack(inject('assembly'));
  await define(adminClient(stack.urls.admin, stack.adminToken), SHOP);
});
afterEach(() => stack.stop());

const send = () =>
  sendTraffic(traffic.calls, { host: stack.urls.collect, writeKey: LOCAL_WRITE_KEY, onProgress: () => {} });

/** Everything about everybody that must not depend on how it arrived, and who is in what. */
async function state() {
  const people = await storedPeople(stack);
  return {
    people: Object.fromEntries(people.map((person) => [person.pid, canonicalState(person)])),
    counters: Object.fromEntries(
      people.map(({ pid, activity: { events, sums } }) => [pid, { events, sums }]),
    ),
    members: await audienceMembers(stack),
  };
}

it('the same traffic sent twice leaves what it left once, byte for byte', async () => {
  expect(await send()).toBe(traffic.calls.length);
  await untilConsumed(stack);
  const once = await state();

  expect(await send()).toBe(traffic.calls.length);
  await untilConsumed(stack);
  const twice = await state();

  expect(twice).toEqual(once);
  const counted = await expectTraffic(stack, traffic);
  const bytes = Object.values(once.people).join('').length;
  console.log(
    `${traffic.calls.length} events sent twice: ${counted.people} people, ${bytes} bytes of state, ` +
      `${counted.members} rows of segments, the same after both`,
  );
});

it('the same traffic sent twice at the same time counts once', async () => {
  const [one, another] = await Promise.all([send(), send()]);
  await untilConsumed(stack);

  expect([one, another]).toEqual([traffic.calls.length, traffic.calls.length]);
  const counted = await expectTraffic(stack, traffic);
  console.log(`two clients at once: ${counted.events} events on ${counted.people} people`);
});
