import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import * as z from 'zod';
import { basic } from '#test/support/collect.ts';
import { untilConsumed } from '#test/support/consumed.ts';
import { type Answer, documentedAdmin } from '#test/support/documented-admin.ts';
import { type StackProcess, startFreshStack } from '#test/support/stack-process.ts';
import { storedPeople } from '#test/support/stored-people.ts';

let stack: StackProcess;
beforeAll(async () => {
  stack = await startFreshStack(inject('assembly'));
});
afterAll(() => stack?.stop());

const WRITE_KEY = 'quality-write-key';
const Totals = z.object({ totals: z.record(z.string(), z.number()) });
const Debugged = z.object({
  lastAcceptedAt: z.string(),
  complete: z.boolean(),
  accepted: z.array(
    z.looseObject({ redriven: z.boolean().optional(), event: z.looseObject({ messageId: z.string() }) }),
  ),
  rejected: z.array(z.looseObject({ reason: z.string(), details: z.array(z.string()).optional() })),
});

const order = (messageId: string, properties: object) => ({
  type: 'track',
  event: 'Order Completed',
  userId: 'ada',
  messageId,
  properties,
});

const plan = (totals: object) => ({
  name: 'Shop',
  events: {
    'Order Completed': { schema: { type: 'object', required: ['total'], properties: { total: totals } } },
  },
  unplannedEvents: 'flag',
  violations: 'quarantine',
});

it('says which share is wrong and why, shows it, and takes it in once when the plan is mended', async () => {
  const call = documentedAdmin(stack);
  const put = async (path: string, body: unknown): Promise<void> => {
    expect((await call({ method: 'PUT', path, body })).status).toBe(200);
  };
  const get = (path: string): Promise<Answer> => call({ method: 'GET', path });
  const totals = async (path = '/v1/sources/shop/quality') => Totals.parse((await get(path)).body).totals;
  const send = async (batch: readonly object[]) => {
    const response = await fetch(`${stack.urls.collect}/v1/batch`, {
      method: 'POST',
      headers: { authorization: basic(WRITE_KEY) },
      body: JSON.stringify({ batch }),
    });
    expect(response.status).toBe(200);
    await untilConsumed(stack);
  };
  await put('/v1/tracking-plans/shop', plan({ type: 'number' }));
  await put('/v1/sources/shop', {
    name: 'Shop',
    writeKeys: [WRITE_KEY],
    trackingPlan: 'shop',
    events: { deny: ['Debug'] },
  });

  await send([
    order('good', { total: 24.5 }),
    order('text', { total: '24,50' }),
    { ...order('unplanned', {}), event: 'Coupon Entered' },
    { ...order('unwanted', {}), event: 'Debug' },
    { ...order('whose', { total: 1 }), userId: null },
    { type: 'identify', userId: 'ada', messageId: 'who', traits: { plan: 'pro' } },
  ]);
  // a client that repeats itself changes nothing of what is applied
  await send([order('good', { total: 24.5 })]);

  expect((await get('/v1/sources/shop/quality')).body).toMatchObject({
    totals: {
      events: 6,
      accepted: 2,
      flagged: 1,
      dropped: 1,
      quarantined: 2,
      redriven: 0,
      wrong: 3,
      shareWrong: 0.5,
    },
    reasons: [
      { outcome: 'dropped', reason: 'event_denied', count: 1 },
      { outcome: 'quarantined', reason: 'no_user_anon_id', count: 1 },
      { outcome: 'quarantined', reason: 'plan_violation', count: 1 },
    ],
    violations: [
      { violation: 'type /properties/total', count: 1 },
      { violation: 'unplanned_event', count: 1 },
    ],
    events: [{ event: 'Order Completed', events: 3, wrong: 2 }, {}, {}, {}],
  });
  expect(await totals('/v1/quality')).toMatchObject({ events: 6, wrong: 3 });

  const seen = Debugged.parse((await get('/v1/sources/shop/debugger')).body);
  expect(seen.complete).toBe(true);
  expect(new Set(seen.accepted.map(({ event }) => event.messageId))).toEqual(
    new Set(['good', 'unplanned', 'who']),
  );
  expect(seen.accepted.find(({ event }) => event.messageId === 'unplanned')?.event.violations).toEqual([
    'unplanned_event',
  ]);
  expect(seen.rejected.map(({ reason, details }) => [reason, details]).toSorted()).toEqual([
    ['no_user_anon_id', undefined],
    ['plan_violation', ['type /properties/total']],
  ]);

  await put('/v1/tracking-plans/shop', plan({ type: ['number', 'string'] }));
  const from = new Date(Date.now() - 3_600_000).toISOString();
  const redrive = {
    method: 'POST' as const,
    path: '/v1/quarantine/redrive',
    body: { from, source: 'shop', reason: 'plan_violation' },
  };
  expect((await call(redrive)).body).toEqual({ redriven: 1, left: {} });
  expect((await call(redrive)).body).toEqual({ redriven: 0, left: {} });
  await untilConsumed(stack);

  expect(await totals()).toMatchObject({ events: 6, quarantined: 2, redriven: 1 });
  const after = Debugged.parse((await get('/v1/sources/shop/debugger')).body);
  expect(after.rejected.map(({ reason }) => reason)).toEqual(['no_user_anon_id']);
  expect(after.accepted.filter(({ redriven }) => redriven).map(({ event }) => event.messageId)).toEqual([
    'text',
  ]);
  const [ada] = await storedPeople(stack);
  expect(ada?.activity.events).toMatchObject({ 'Order Completed': { count: 2 } });
});
