import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest';
import * as z from 'zod';
import { sendTraffic } from '#demo/send.ts';
import { LOCAL_WRITE_KEY } from '#local/local-source.ts';
import { busListener, heardBy } from '#test/support/bus-listener.ts';
import { untilConsumed } from '#test/support/consumed.ts';
import { documentedAdmin } from '#test/support/documented-admin.ts';
import { type StackProcess, startFreshStack } from '#test/support/stack-process.ts';

/** The basket's hour is a minute here; nothing else is other than in production. */
const HOUR = '1m';
const HOUR_MS = 60_000;

let stack: StackProcess;
let call: ReturnType<typeof documentedAdmin>;

beforeAll(async () => {
  stack = await startFreshStack(inject('assembly'), busListener);
  call = documentedAdmin(stack);
  const body = { id: 'basket', parameters: { after: HOUR } };
  expect(await call({ method: 'POST', path: '/v1/library/abandoned-basket', body })).toMatchObject({
    status: 200,
  });
  expect(await call({ method: 'PUT', path: '/v1/lifecycle/settings', body: {} })).toMatchObject({
    status: 200,
  });
  // Functions hold the former definitions for five seconds
  await pause(6_000);
});
afterAll(() => stack?.stop());

let messages = 0;
async function does(event: string, properties: Readonly<Record<string, unknown>> = {}): Promise<void> {
  const said = { type: 'track', event, userId: 'ada', timestamp: new Date(), properties } as const;
  const options = { host: stack.urls.collect, writeKey: LOCAL_WRITE_KEY, onProgress: () => {} };
  expect(await sendTraffic([{ ...said, messageId: `basket-${++messages}` }], options)).toBe(1);
  await untilConsumed(stack);
}

const told = (segment: string) =>
  heardBy(stack).flatMap((one) => (one.segment === segment ? [one.type] : []));

const Why = z.object({ holds: z.boolean(), because: z.array(z.string()), nextChange: z.string().optional() });
async function why() {
  const { status, body } = await call({
    method: 'GET',
    path: '/v1/profiles/userId%3Aada/segments/basket/why',
  });
  expect(status).toBe(200);
  return Why.parse(body);
}

const Profile = z.object({ lifecycle: z.object({ stage: z.string() }) });
async function stage() {
  const { body } = await call({ method: 'GET', path: '/v1/profiles/userId%3Aada' });
  return Profile.parse(body).lifecycle.stage;
}

it('is entered once when nothing follows the last product for so long, and left once by a purchase', async () => {
  await does('Product Added', { sku: 'a' });
  await pause(HOUR_MS / 2);
  const added = Date.now();
  await does('Product Added', { sku: 'b' });

  const waiting = await why();
  expect(waiting).toMatchObject({
    holds: false,
    because: [
      expect.stringMatching(/^“Product Added” did not happen in the last 1 minute: no, it happened 2 times/),
    ],
  });
  const dueAt = Date.parse(waiting.nextChange ?? '');
  expect(Math.abs(dueAt - (added + HOUR_MS))).toBeLessThan(5_000);
  expect(await stage()).toBe('prospect');

  await vi.waitFor(() => expect(told('basket')).toEqual(['Segment Entered']), {
    timeout: 180_000,
    interval: 500,
  });
  const lag = Date.now() - dueAt;
  console.log(`basket_lag_ms=${lag}`);
  expect(lag).toBeGreaterThanOrEqual(0);
  expect(await why()).toMatchObject({ holds: true });

  await does('Order Completed', { total: 40, currency: 'EUR' });
  await vi.waitFor(() => expect(told('basket')).toEqual(['Segment Entered', 'Segment Exited']), {
    timeout: 30_000,
    interval: 200,
  });
  expect(await stage()).toBe('new');
  await vi.waitFor(
    () =>
      expect([...told('lifecycle-prospect'), ...told('lifecycle-new')].sort()).toEqual([
        'Segment Entered',
        'Segment Entered',
        'Segment Exited',
      ]),
    30_000,
  );

  // Two more sweeps, and the run over everybody that follows new definitions: nobody is told again
  await pause(2 * HOUR_MS);
  expect(told('basket')).toEqual(['Segment Entered', 'Segment Exited']);
  const sizes = await Promise.all(
    ['basket', 'lifecycle-new', 'lifecycle-prospect'].map(
      async (id) => (await call({ method: 'GET', path: `/v1/segments/${id}/size` })).body,
    ),
  );
  expect(sizes).toEqual([{ size: 0 }, { size: 1 }, { size: 0 }]);
});
