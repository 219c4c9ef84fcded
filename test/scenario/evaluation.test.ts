import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest';
import * as z from 'zod';
import { post } from '#test/support/collect.ts';
import { untilConsumed } from '#test/support/consumed.ts';
import { documentedAdmin } from '#test/support/documented-admin.ts';
import { type StackProcess, startFreshStack } from '#test/support/stack-process.ts';
import { audienceMembers, membersOnProfiles, storedPeople } from '#test/support/stored-people.ts';

let stack: StackProcess;
let call: ReturnType<typeof documentedAdmin>;
beforeAll(async () => {
  stack = await startFreshStack(inject('assembly'));
  call = documentedAdmin(stack);
});
afterAll(() => stack?.stop());

const Listed = z.object({ runs: z.array(z.looseObject({ id: z.string(), status: z.string() })) });
const Sizes = z.object({ sizes: z.array(z.looseObject({ size: z.int() })) });
const listRuns = async () => Listed.parse((await call({ method: 'GET', path: '/v1/evaluations' })).body).runs;
const look = async (id: string) => (await call({ method: 'GET', path: `/v1/evaluations/${id}` })).body;
const ended = (id: string) =>
  vi.waitFor(
    async () => {
      const run = Object(await look(id));
      expect(run.status).not.toBe('running');
      return run;
    },
    { timeout: 180_000, interval: 1_000 },
  );

const PEOPLE = 12;
const ORDERED = { event: { name: 'Order Completed' } };

it('fills a new segment with who did before what it asks for, and counts it', async () => {
  for (let n = 0; n < PEOPLE; n++) {
    const event = n % 3 === 0 ? 'Order Completed' : 'Viewed';
    await post(stack, '/v1/track', { userId: `u${n}`, event, messageId: `m${n}` });
  }
  await untilConsumed(stack);
  const preview = await call({ method: 'POST', path: '/v1/segments/preview', body: { condition: ORDERED } });
  expect(preview).toMatchObject({
    status: 200,
    body: { size: { size: 4, isExact: true }, sampled: PEOPLE, examples: expect.any(Array) },
  });
  expect((await call({ method: 'GET', path: '/v1/evaluations/estimate' })).body).toMatchObject({
    people: PEOPLE,
    minutes: 1,
  });

  // two changes one after the other: the run of the first gives way to that of the second
  for (const atLeast of [2, 1]) {
    const condition = { event: { name: 'Order Completed', atLeast } };
    const put = { method: 'PUT', path: '/v1/segments/buyers', body: { name: 'Buyers', condition } } as const;
    expect((await call(put)).status).toBe(200);
  }
  const ids = (await listRuns()).map(({ id }) => id).sort();
  expect(ids).toEqual(['definitions-1', 'definitions-2']);
  expect(await look('definitions-2')).toMatchObject({ status: 'running', progress: { partsDone: 0 } });

  expect(await ended('definitions-1')).toMatchObject({ status: 'succeeded', outcome: 'superseded' });
  expect(await ended('definitions-2')).toMatchObject({
    status: 'succeeded',
    outcome: 'done',
    progress: { partsDone: 1, people: PEOPLE, written: 4, entered: 4, exited: 0 },
  });
  await untilConsumed(stack);
  const people = await storedPeople(stack);
  expect(membersOnProfiles(people)).toHaveLength(4);
  expect(await audienceMembers(stack)).toEqual(membersOnProfiles(people));

  const { body } = await call({ method: 'POST', path: '/v1/evaluations' });
  const { id } = z.object({ id: z.string() }).parse(body);
  expect(await ended(id)).toMatchObject({
    outcome: 'done',
    progress: { people: PEOPLE, written: 0, restored: 0, removed: 0 },
  });
  const history = await call({ method: 'GET', path: '/v1/segments/buyers/history' });
  // One a day, and midnight may have passed
  expect(new Set(Sizes.parse(history.body).sizes.map(({ size }) => size))).toEqual(new Set([4]));
});
