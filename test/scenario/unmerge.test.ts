import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import * as z from 'zod';
import { post } from '#test/support/collect.ts';
import { untilConsumed } from '#test/support/consumed.ts';
import { documentedAdmin } from '#test/support/documented-admin.ts';
import { type StackProcess, startFreshStack } from '#test/support/stack-process.ts';
import { audienceMembers, eventsOf, membersOnProfiles, storedPeople } from '#test/support/stored-people.ts';

let stack: StackProcess;
let call: ReturnType<typeof documentedAdmin>;
beforeAll(async () => {
  stack = await startFreshStack(inject('assembly'));
  call = documentedAdmin(stack);
});
afterAll(() => stack?.stop());

const Merges = z.object({ merges: z.array(z.looseObject({ survivor: z.string(), absorbed: z.string() })) });

let messages = 0;
async function track(who: Readonly<Record<string, string>>, event: string): Promise<void> {
  const answer = await post(stack, '/v1/track', { ...who, event, messageId: `unmerge-${messages++}` });
  expect(answer.status).toBe(200);
}

const profileOf = (identifier: string) => call({ method: 'GET', path: `/v1/profiles/${identifier}` });

it('two people who share a device by mistake are explained, set apart, and stay apart', async () => {
  await call({
    method: 'PUT',
    path: '/v1/segments/lookers',
    body: { name: 'Lookers', condition: { event: { name: 'Looked' } } },
  });
  await track({ userId: 'ada' }, 'Bought');
  await track({ anonymousId: 'lent-device' }, 'Looked');
  await untilConsumed(stack);
  await track({ userId: 'ada', anonymousId: 'lent-device' }, 'Signed In');
  await untilConsumed(stack);
  expect(await storedPeople(stack)).toHaveLength(1);

  const { body } = await call({ method: 'GET', path: '/v1/profiles/userId:ada/identity' });
  const [merge] = Merges.parse(body).merges;
  expect(merge).toMatchObject({
    because: expect.stringContaining('named userId ada'),
    cause: { messageId: 'unmerge-2' },
  });
  const undone = await call({
    method: 'POST',
    path: '/v1/profiles/userId:ada/unmerge',
    body: { pid: merge?.absorbed },
  });
  expect(undone).toMatchObject({ status: 200, body: { inseparable: { events: 1 } } });
  await track({ userId: 'ada', anonymousId: 'lent-device' }, 'Signed In');
  await track({ anonymousId: 'lent-device' }, 'Looked');
  await untilConsumed(stack);

  const people = await storedPeople(stack);
  expect(people).toHaveLength(2);
  expect(people.map(eventsOf).reduce((sum, count) => sum + count, 0)).toBe(messages);
  expect(await audienceMembers(stack)).toEqual(membersOnProfiles(people));
  const [ada, device] = [await profileOf('userId:ada'), await profileOf('anonymousId:lent-device')];
  expect([ada, device]).toMatchObject([
    { body: { pid: merge?.survivor }, status: 200 },
    { body: { pid: merge?.absorbed }, status: 200 },
  ]);
  const signedIn = { 'Signed In': { count: 2 } };
  const both = [Object(ada.body).events, Object(device.body).events];
  expect(both).toContainEqual(expect.objectContaining({ Looked: expect.objectContaining({ count: 2 }) }));
  expect(both).toContainEqual(expect.objectContaining({ Bought: expect.objectContaining({ count: 1 }) }));
  expect(ada.body).toMatchObject({
    events: signedIn,
    refusals: [{ value: 'lent-device', reason: 'parted' }],
  });
});
