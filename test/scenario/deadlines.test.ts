import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { type AdminClient, adminClient } from '#demo/admin-client.ts';
import { sendTraffic } from '#demo/send.ts';
import { LOCAL_WRITE_KEY } from '#local/local-source.ts';
import { busListener, heardBy } from '#test/support/bus-listener.ts';
import { untilConsumed } from '#test/support/consumed.ts';
import { type StackProcess, startFreshStack } from '#test/support/stack-process.ts';

/** Time passes for a person who does nothing, through the running stack. */

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let stack: StackProcess;
let admin: AdminClient;

beforeAll(async () => {
  stack = await startFreshStack(inject('assembly'), busListener, { hasMovableClock: true });
  admin = adminClient(stack.urls.admin, stack.adminToken);
  await admin.put('/segments/recent', {
    name: 'Ordered within thirty days',
    condition: { event: { name: 'Order Completed', within: '30d' } },
  });
  await admin.put('/segments/lapsed', {
    name: 'Ordered, and not for ninety days',
    condition: {
      all: [
        { event: { name: 'Order Completed' } },
        { not: { event: { name: 'Order Completed', within: '90d' } } },
      ],
    },
  });
});
afterAll(() => stack?.stop());

let messages = 0;
async function order(): Promise<void> {
  const call = { type: 'track', event: 'Order Completed', userId: 'ada', timestamp: new Date() } as const;
  const options = { host: stack.urls.collect, writeKey: LOCAL_WRITE_KEY, onProgress: () => {} };
  expect(await sendTraffic([{ ...call, messageId: `deadline-${++messages}` }], options)).toBe(1);
  await untilConsumed(stack);
}

const told = () => heardBy(stack).map(({ type, segment }) => `${type}: ${segment}`);

/** Lets so much time pass, and waits until so much is told in all. */
async function pass(milliseconds: number, news: number): Promise<void> {
  await untilConsumed(stack);
  await stack.moveClock(milliseconds);
  await vi.waitFor(() => expect(told()).toHaveLength(news), { timeout: 60_000, interval: 200 });
  await untilConsumed(stack);
}

const sizes = async () => [await admin.segmentSize('recent'), await admin.segmentSize('lapsed')];

describe('somebody who ordered once', () => {
  it('enters by the order', async () => {
    await order();

    await vi.waitFor(() => expect(told()).toEqual(['Segment Entered: recent']), 30_000);
    expect(await sizes()).toEqual([1, 0]);
  });

  it('stays until the last hour, and leaves when the thirty days are over', async () => {
    await pass(30 * DAY - HOUR, 1);
    expect(await sizes()).toEqual([1, 0]);

    await pass(HOUR, 2);

    expect(told().at(-1)).toBe('Segment Exited: recent');
    expect(await sizes()).toEqual([0, 0]);
  });

  it('has lapsed after ninety', async () => {
    await pass(60 * DAY, 3);

    expect(told().at(-1)).toBe('Segment Entered: lapsed');
    expect(await sizes()).toEqual([0, 1]);
  });

  it('is told of once each, and comes back by an order', async () => {
    await order();

    await vi.waitFor(() => expect(told()).toHaveLength(5), 30_000);
    expect(told().toSorted()).toEqual([
      'Segment Entered: lapsed',
      'Segment Entered: recent',
      'Segment Entered: recent',
      'Segment Exited: lapsed',
      'Segment Exited: recent',
    ]);
    expect(await sizes()).toEqual([1, 0]);
  });
});
