import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { basic, post } from '#test/support/collect.ts';
import { untilConsumed } from '#test/support/consumed.ts';
import { documentedAdmin } from '#test/support/documented-admin.ts';
import { type StackProcess, startFreshStack } from '#test/support/stack-process.ts';
import { storedPeople } from '#test/support/stored-people.ts';

let stack: StackProcess;
let call: ReturnType<typeof documentedAdmin>;
beforeAll(async () => {
  stack = await startFreshStack(inject('assembly'));
  call = documentedAdmin(stack);
});
afterAll(() => stack?.stop());

/** Longer than functions keep settings, and Collect a key that it did not know. */
const SETTLED_MS = 6_000;

let messages = 0;
async function say(source: string, event: Readonly<Record<string, unknown>>): Promise<void> {
  const batch = [{ type: 'track', event: 'Seen', messageId: `m${messages++}`, ...event }];
  const answer = await post(stack, '/v1/batch', { batch }, { authorization: basic(`${source}-write-key`) });
  expect(answer.status).toBe(200);
  await untilConsumed(stack);
}

const card = (id: string) => ({
  externalIds: [{ id, type: 'loyalty_card', collection: 'users', encoding: 'none' }],
});
const profileOf = (identifier: string, query = '') =>
  call({ method: 'GET', path: `/v1/profiles/${encodeURIComponent(identifier)}`, query });

it('companies, strategies, external ids and settings decide who is who, and conflicts are listed', async () => {
  for (const [id, more] of Object.entries({
    site: {},
    list: { identity: 'link' },
    till: { identity: 'isolate' },
    bank: { legalEntity: 'example-bank' },
  })) {
    const body = { name: id, writeKeys: [`${id}-write-key`], ...more };
    expect(await call({ method: 'PUT', path: `/v1/sources/${id}`, body })).toMatchObject({ status: 200 });
  }
  const settings = { limits: { email: 1 }, blocked: [{ type: 'anonymousId', value: 'kiosk' }] };
  expect(await call({ method: 'PUT', path: '/v1/identity/settings', body: settings })).toMatchObject({
    status: 200,
    body: { version: 1 },
  });
  await pause(SETTLED_MS);

  await say('site', {
    type: 'identify',
    userId: 'ada',
    anonymousId: 'kiosk',
    traits: { email: 'ada@example.com' },
  });
  await say('site', { userId: 'bob', anonymousId: 'kiosk', context: card('4711') });
  await say('till', { anonymousId: 'till', context: card('4711') });
  await say('list', { type: 'identify', userId: 'bob', traits: { email: 'ada@example.com' } });
  await say('site', { type: 'identify', userId: 'ada', traits: { email: 'other@example.com' } });
  await say('site', { type: 'alias', userId: 'bob', previousId: 'ada' });
  await say('bank', { type: 'identify', userId: 'customer-1', traits: { email: 'ada@example.com' } });

  const ada = Object((await profileOf('userId:ada')).body);
  const bob = Object((await profileOf('externalId:loyalty_card:4711')).body);
  expect(bob.identifiers.map(({ value }: { value: string }) => value).sort()).toEqual(['4711', 'bob']);
  expect(bob.events).toMatchObject({ Seen: { count: 2 }, identify: { count: 1 }, alias: { count: 1 } });
  expect(ada.events).toMatchObject({ identify: { count: 2 } });
  expect(await storedPeople(stack)).toHaveLength(3);

  expect(await profileOf('email:ada@example.com')).toMatchObject({
    status: 409,
    body: { code: 'SEVERAL_PEOPLE' },
  });
  expect(await profileOf('email:ada@example.com', '?legalEntity=example-company')).toMatchObject({
    body: { pid: ada.pid },
  });

  const { body } = await call({ method: 'GET', path: '/v1/identity/conflicts' });
  expect(Object(body).conflicts).toMatchObject([
    { pid: bob.pid, value: 'ada', reason: 'alias', other: ada.pid },
    { pid: ada.pid, value: 'other@example.com', reason: 'limit' },
    { pid: bob.pid, value: 'ada@example.com', reason: 'source_strategy', other: ada.pid },
  ]);
});

it('an authorised pair of companies makes one person of its two', async () => {
  const body = { limits: { email: 1 }, authorised: [['example-company', 'example-bank']] };
  await call({ method: 'PUT', path: '/v1/identity/settings', body });
  await pause(SETTLED_MS);

  await say('site', { type: 'identify', anonymousId: 'phone', traits: { email: 'eve@example.com' } });
  await say('bank', { type: 'identify', anonymousId: 'app', traits: { email: 'eve@example.com' } });

  const [eve, same] = [await profileOf('anonymousId:phone'), await profileOf('anonymousId:app')];
  expect(same.body).toEqual(eve.body);
  expect(await profileOf('email:eve@example.com')).toMatchObject({
    status: 200,
    body: { pid: Object(eve.body).pid },
  });
});
