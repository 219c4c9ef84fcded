import { adminClient } from '#demo/admin-client.ts';
import { post } from './collect.ts';
import { untilConsumed } from './consumed.ts';
import type { StackProcess } from './stack-process.ts';

/** One in so many has not agreed. */
const REFUSING_EVERY = 10;

/** Makes so many people with an address each, a segment of them all, an export and a campaign to them. */
export async function makeSubscribers(stack: StackProcess, count: number): Promise<void> {
  const admin = adminClient(stack.urls.admin, stack.adminToken);
  await admin.put('/segments/everybody', {
    name: 'Everybody',
    condition: { identifier: { type: 'userId' } },
  });
  await admin.put('/exports/everybody', {
    name: 'Everybody',
    segment: 'everybody',
    columns: ['identifier:userId', 'identifier:email'],
  });
  await admin.put('/campaigns/hello', {
    name: 'Hello',
    segment: 'everybody',
    channel: 'email',
    purpose: 'marketing',
    from: 'shop@example.com',
    subject: 'Hello {{ traits.name }}',
    html: '<p>Hello</p>',
  });
  const people = Array.from({ length: count }, (_, n) => subscriber(n));
  for (let at = 0; at < count; at += 200) {
    const answer = await post(stack, '/v1/batch', { batch: people.slice(at, at + 200) });
    if (answer.status !== 200) throw new Error(`people were answered with ${answer.status}`);
  }
  await untilConsumed(stack);
}

function subscriber(n: number) {
  const userId = `person-${n}`;
  const email = `${userId}@example.com`;
  const status = n % REFUSING_EVERY === 0 ? 'UNSUBSCRIBED' : 'SUBSCRIBED';
  return {
    type: 'identify',
    userId,
    messageId: userId,
    traits: { email, name: `Person ${n}` },
    context: { messaging_subscriptions: [{ key: email, type: 'EMAIL', status }] },
  };
}

/** Who refuses, of so many. */
export const refusing = (count: number): number => Math.ceil(count / REFUSING_EVERY);
