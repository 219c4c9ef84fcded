import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import * as z from 'zod';
import { sendTraffic } from '#demo/send.ts';
import { LOCAL_WRITE_KEY } from '#local/local-source.ts';
import { busListener, heardBy } from '#test/support/bus-listener.ts';
import { untilConsumed } from '#test/support/consumed.ts';
import { documentedAdmin } from '#test/support/documented-admin.ts';
import { type StackProcess, startFreshStack } from '#test/support/stack-process.ts';

/** Ready definitions and the life cycle, as a customer comes, goes and comes back, through the running stack. */

const DAY = 86_400_000;

let stack: StackProcess;
let call: ReturnType<typeof documentedAdmin>;

const Library = z.object({ items: z.array(z.object({ id: z.string() })) });

beforeAll(async () => {
  stack = await startFreshStack(inject('assembly'), busListener, { hasMovableClock: true });
  call = documentedAdmin(stack);
  const { items } = Library.parse((await call({ method: 'GET', path: '/v1/library' })).body);
  for (const { id } of items) {
    expect(await call({ method: 'POST', path: `/v1/library/${id}`, body: {} })).toMatchObject({
      status: 200,
    });
  }
  await call({ method: 'PUT', path: '/v1/lifecycle/settings', body: {} });
  // Functions hold the former definitions for five seconds
  await stack.moveClock(6_000);
});
afterAll(() => stack?.stop());

let messages = 0;
async function does(event: string, properties: Readonly<Record<string, unknown>> = {}): Promise<void> {
  const now = new Date(Date.now() + moved);
  const said = { type: 'track', event, userId: 'ada', timestamp: now, properties } as const;
  const options = { host: stack.urls.collect, writeKey: LOCAL_WRITE_KEY, onProgress: () => {} };
  expect(await sendTraffic([{ ...said, messageId: `library-${++messages}` }], options)).toBe(1);
  await untilConsumed(stack);
}

let moved = 6_000;
const buys = (channel: string): Promise<void> =>
  does('Order Completed', { total: 600, currency: 'EUR', channel });

/** Lets so many days pass, until the person stands where they are expected. */
async function pass(days: number, expected: readonly string[]): Promise<void> {
  await untilConsumed(stack);
  moved += days * DAY;
  await stack.moveClock(days * DAY);
  await vi.waitFor(async () => expect(await stands()).toEqual(expected), { timeout: 60_000, interval: 500 });
}

const Profile = z.object({
  segments: z.array(z.object({ id: z.string() })),
  lifecycle: z.object({ stage: z.string() }),
});
async function stands(): Promise<readonly string[]> {
  const { body } = await call({ method: 'GET', path: '/v1/profiles/userId%3Aada' });
  const { segments, lifecycle } = Profile.parse(body);
  return [`stage ${lifecycle.stage}`, ...segments.map(({ id }) => id).sort()];
}

describe('a customer', () => {
  it('is new with the first purchase, and active after thirty days', async () => {
    await does('Product Added');
    expect(await stands()).toEqual(['stage prospect']);
    await buys('web');
    expect(await stands()).toEqual(['stage new', 'active-customers', 'new-customers', 'one-time-buyers']);
    await pass(30, ['stage active', 'active-customers', 'one-time-buyers']);
  });

  it('is at risk after ninety, and has lapsed after 180', async () => {
    await pass(60, ['stage at-risk', 'at-risk-customers', 'one-time-buyers']);
    await pass(90, ['stage lapsed', 'lapsed-customers', 'one-time-buyers']);
  });

  it('is won back by a purchase, which makes them a buyer in both channels who has spent much', async () => {
    await buys('store');

    expect(await stands()).toEqual([
      'stage won-back',
      'active-customers',
      'shop-and-web-buyers',
      'vip-by-spend',
      'won-back-customers',
    ]);
  });

  it('is told of once each', async () => {
    const of = (segment: string) =>
      heardBy(stack).flatMap((one) => (one.segment === segment ? [one.type] : []));
    const [entered, exited] = ['Segment Entered', 'Segment Exited'];

    await vi.waitFor(() => {
      expect(of('lifecycle-won-back')).toEqual([entered]);
      expect(of('lifecycle-lapsed').sort()).toEqual([entered, exited]);
      expect(of('active-customers').sort()).toEqual([entered, entered, exited]);
      expect(of('one-time-buyers').sort()).toEqual([entered, exited]);
    }, 30_000);
  });
});
