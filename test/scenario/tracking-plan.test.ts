import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import * as z from 'zod';
import { basic, post } from '#test/support/collect.ts';
import { untilConsumed } from '#test/support/consumed.ts';
import { documentedAdmin } from '#test/support/documented-admin.ts';
import { type StackProcess, startFreshStack } from '#test/support/stack-process.ts';
import { storedPeople } from '#test/support/stored-people.ts';

let stack: StackProcess;
beforeAll(async () => {
  stack = await startFreshStack(inject('assembly'));
});
afterAll(() => stack?.stop());

const Entries = z.object({ items: z.array(z.looseObject({ key: z.string() })) });
const ORIGIN = 'https://shop.example.com';

it('holds events to the plan of their source, mends what it can, and takes in the rest once the plan allows it', async () => {
  const call = documentedAdmin(stack);
  const total = (type: string) => ({ schema: { properties: { total: { type } }, required: ['total'] } });
  const plan = {
    name: 'Shop',
    events: { Order: total('number') },
    violations: 'strip',
    unplannedProperties: 'strip',
  };
  const source = {
    name: 'Shop',
    writeKeys: ['shop-write-key'],
    allowedOrigins: [ORIGIN],
    events: { deny: ['Mouse Moved'] },
    trackingPlan: 'shop',
  };
  const put = (path: string, body: object) => call({ method: 'PUT', path, body });
  const order = (messageId: string, properties: object) => ({
    ...{ type: 'track', event: 'Order', userId: 'ada', messageId, properties },
  });
  const send = (batch: readonly object[], origin = ORIGIN) =>
    post(stack, '/v1/batch', { batch }, { authorization: basic('shop-write-key'), origin });
  await put('/v1/tracking-plans/shop', plan);
  await put('/v1/sources/shop', source);

  const answer = await send([
    order('m1', { total: 9.5 }),
    order('m2', { total: 3, debug: 'x' }),
    order('m3', { total: '9,50' }),
    { ...order('m4', {}), event: 'Mouse Moved' },
    { ...order('m5', {}), event: 'Coupon Denied' },
  ]);

  expect(await answer.json()).toMatchObject({ accepted: 3, rejected: 1, dropped: 1 });
  expect((await send([order('m6', { total: 1 })], 'https://shop.example.net')).status).toBe(403);
  await untilConsumed(stack);
  const orders = async () => (await storedPeople(stack))[0]?.activity.events.Order?.count;
  expect(await orders()).toBe(2);
  const { body: timeline } = await call({ method: 'GET', path: '/v1/profiles/userId:ada/events' });
  expect(JSON.stringify(timeline)).not.toContain('debug');

  const { body } = await call({ method: 'GET', path: '/v1/quarantine', query: '?source=shop' });
  const [{ key = '' } = {}, ...others] = Entries.parse(body).items;
  expect(others).toEqual([]);
  const kept = await call({ method: 'GET', path: '/v1/quarantine/entries', query: `?key=${key}` });
  expect(kept.body).toMatchObject({
    items: [{ reason: 'plan_violation', details: ['type /properties/total'], event: { messageId: 'm3' } }],
  });

  const redrive = () => call({ method: 'POST', path: '/v1/quarantine/redrive', body: { key } });
  expect((await redrive()).body).toEqual({ redriven: 0, left: { plan_violation: 1 } });
  await put('/v1/tracking-plans/shop', { ...plan, events: { Order: total('string') } });
  expect((await redrive()).body).toEqual({ redriven: 1, left: {} });
  await untilConsumed(stack);
  expect(await orders()).toBe(3);
});
