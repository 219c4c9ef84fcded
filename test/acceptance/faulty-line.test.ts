import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { type Random, seededRandom } from '#demo/random.ts';
import type { Call, Destination, Speaker, Who } from '#test/clients/call.ts';
import { personOf } from '#test/clients/expect-person.ts';
import { idsIn } from '#test/clients/messages.ts';
import { rudderNode } from '#test/clients/rudder-node.ts';
import { FAULTS, runCalls } from '#test/clients/run-calls.ts';
import { segmentNode } from '#test/clients/segment-node.ts';
import { untilConsumed } from '#test/support/consumed.ts';
import type { Fault } from '#test/support/faulty-proxy.ts';
import { type StackProcess, startFreshStack } from '#test/support/stack-process.ts';

const SEED = Number(process.env.SEED ?? 1);
const CUSTOMERS = 10;
const ORDERS = 100;
/** Nearly half of what is sent comes to grief at first, one way or another. */
const FAULTY = 0.45;
const REQUESTS = 60;

let stack: StackProcess;
beforeAll(async () => {
  stack = await startFreshStack(inject('assembly'));
});
afterAll(() => stack?.stop());

const { '429 with Retry-After': _, ...SOON } = FAULTS;
const [first, ...others]: readonly Fault[] = Object.values(SOON);

function faultsOf(random: Random): readonly (Fault | undefined)[] {
  if (first === undefined) return [];
  return Array.from({ length: REQUESTS }, () =>
    random.chance(FAULTY) ? random.pick([first, ...others]) : undefined,
  );
}

const order = (n: number): Call => ({
  type: 'track',
  event: 'Order Completed',
  properties: { order_id: `o${n}`, total: 1.01, currency: 'EUR' },
});

it.each<{ sdk: string; start: (to: Destination, who: Who) => Speaker }>([
  { sdk: '@segment/analytics-node', start: segmentNode },
  { sdk: '@rudderstack/rudder-sdk-node', start: rudderNode({ gzip: true }) },
])('a line that fails half of the time loses and doubles nothing of $sdk', async ({ sdk, start }) => {
  const random = seededRandom(SEED);
  const customers = Array.from({ length: CUSTOMERS }, (_, n) => ({
    who: { userId: `${sdk} ${n}`, anonymousId: `device of ${sdk} ${n}` },
    faults: faultsOf(random),
  }));

  const requests = await Promise.all(
    customers.map((customer) =>
      runCalls({
        ...customer,
        url: stack.urls.collect,
        start,
        calls: Array.from({ length: ORDERS }, (_, n) => order(n)),
      }),
    ),
  );
  await untilConsumed(stack);

  const sent = requests.flat();
  expect(idsIn(sent).size).toBe(CUSTOMERS * ORDERS);
  for (const { who } of customers) {
    const person = await personOf(stack, `userId:${who.userId}`);
    expect(person?.profile.events['Order Completed']?.count, who.userId).toBe(ORDERS);
    expect(person?.profile.sums.total_spent?.EUR, who.userId).toBe('101.00');
  }
  const spoilt = sent.filter(({ isSpoiled }) => isSpoiled).length;
  console.log(`${sdk}: ${CUSTOMERS * ORDERS} calls in ${sent.length} requests, ${spoilt} of them spoilt`);
});
