import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import * as z from 'zod';
import { forEachConcurrently } from '#functions/runtime/concurrency.ts';
import { post } from '#test/support/collect.ts';
import { untilConsumed } from '#test/support/consumed.ts';
import { type OddRequest, oddRequests } from '#test/support/malformed.ts';
import { quarantined } from '#test/support/quarantine.ts';
import { type StackProcess, startFreshStack } from '#test/support/stack-process.ts';
import { eventsOf, storedPeople } from '#test/support/stored-people.ts';

const SEED = Number(process.env.SEED ?? 1);
const ODD = 1_000;
/** A good event after every so many. */
const GOOD_EVERY = 4;
const CONCURRENCY = 8;

let stack: StackProcess;
beforeAll(async () => {
  stack = await startFreshStack(inject('assembly'));
});
afterAll(() => stack.stop());

const TakenIn = z.object({ accepted: z.int(), rejected: z.int() });

async function sendOdd({ method, path, headers, body }: OddRequest) {
  const response = await fetch(`${stack.urls.collect}${path}`, {
    method,
    headers,
    ...(body !== undefined && { body }),
  });
  const text = await response.text();
  const taken = response.status === 200 ? TakenIn.safeParse(JSON.parse(text)) : undefined;
  return {
    status: response.status,
    text,
    accepted: taken?.data?.accepted ?? 0,
    rejected: taken?.data?.rejected ?? 0,
  };
}

async function sendGood(n: number): Promise<number> {
  const id = `good-${n}`;
  return (await post(stack, '/v1/track', { event: 'Good', anonymousId: id, messageId: id })).status;
}

it(`${ODD} malformed requests are refused or kept with a reason, and cost no good event`, async () => {
  const requests = [...oddRequests(ODD, SEED)];
  const answers: ({ readonly kind: string } & Awaited<ReturnType<typeof sendOdd>>)[] = [];
  const good: number[] = [];

  await forEachConcurrently([...requests.entries()], CONCURRENCY, async ([n, request]) => {
    answers.push({ kind: request.kind, ...(await sendOdd(request)) });
    if (n % GOOD_EVERY === 0) good.push(await sendGood(n));
  });
  await untilConsumed(stack);

  for (const [kind, ofKind] of Map.groupBy(answers, (answer) => answer.kind)) {
    const statuses = Object.entries(Object.groupBy(ofKind, ({ status }) => status));
    console.log(`${kind}: ${statuses.map(([status, all]) => `${all?.length} × ${status}`).join(', ')}`);
  }
  const wrong = answers.filter(({ status }) => status !== 200 && (status < 400 || status > 499));
  expect(wrong).toEqual([]);
  expect(good).toEqual(good.map(() => 200));
  expect(stack.functionLog('CollectCollectEvents')).not.toMatch(/answered 50\d|Outcome: (?!ok)/);

  const sum = (of: (answer: { readonly accepted: number; readonly rejected: number }) => number): number =>
    answers.reduce((total, answer) => total + of(answer), 0);
  const [accepted, rejected] = [sum((answer) => answer.accepted), sum((answer) => answer.rejected)];
  const kept = await quarantined(stack);
  const people = await storedPeople(stack);
  const events = people.reduce((total, person) => total + eventsOf(person), 0);
  const reasons = Object.entries(Object.groupBy(kept, ({ reason }) => reason));
  console.log(
    `${good.length} good events; of the odd ones ${accepted} taken in, ${rejected} rejected; ` +
      `in quarantine: ${reasons.map(([reason, all]) => `${all?.length} ${reason}`).join(', ')}`,
  );
  expect(kept.every(({ reason }) => /^[a-z_]+$/.test(reason))).toBe(true);
  expect(kept.length).toBeGreaterThanOrEqual(rejected);
  expect(events + kept.length).toBe(good.length + accepted + rejected);
  const byVisitor = new Map(
    people.flatMap((person) => Object.keys(person.profile.identifiers).map((key) => [key, person] as const)),
  );
  const goodCounts = requests.flatMap((_, n) => {
    const person = n % GOOD_EVERY === 0 ? byVisitor.get(`anonymousId#good-${n}`) : undefined;
    return n % GOOD_EVERY === 0 ? [person?.activity.events.Good?.count ?? 0] : [];
  });
  expect(goodCounts).toEqual(goodCounts.map(() => 1));
});
