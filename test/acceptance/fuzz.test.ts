import fc from 'fast-check';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { forEachConcurrently } from '#functions/runtime/concurrency.ts';
import { untilConsumed } from '#test/support/consumed.ts';
import { documentedReasons } from '#test/support/documented-reasons.ts';
import { faultOf, openLedger } from '#test/support/fuzz/answers.ts';
import { type FuzzRequest, legible } from '#test/support/fuzz/fuzz-request.ts';
import { fuzzRequests } from '#test/support/fuzz/fuzz-requests.ts';
import { openLine } from '#test/support/fuzz/line.ts';
import { expected } from '#test/support/fuzz/oracle.ts';
import { quarantined } from '#test/support/quarantine.ts';
import { type StackProcess, startFreshStack } from '#test/support/stack-process.ts';
import { eventsOf, storedPeople } from '#test/support/stored-people.ts';

const SEED = Number(process.env.SEED ?? 1);
const BODIES = Number(process.env.BODIES ?? 100_000);
/** Bodies that are made at once, of a seed of their own. */
const ROUND = 1_000;
const CONNECTIONS = 8;
/** One request in so many is sent a second time, as after an answer that was lost. */
const RESENT_EVERY = 50;

let stack: StackProcess;
beforeAll(async () => {
  stack = await startFreshStack(inject('assembly'));
});
afterAll(() => stack.stop());

const requests = fuzzRequests({ largeEvery: 5_000 });

it(`of ${BODIES} generated bodies no event is lost, doubled or a fault`, { timeout: 3_600_000 }, async () => {
  const line = openLine(stack.urls.collect, { connections: CONNECTIONS });
  const ledger = openLedger();
  const began = performance.now();

  /** Sends it, counts the answer, and says what is wrong with it, if anything. */
  async function send(request: FuzzRequest, isAgain = false): Promise<string | undefined> {
    const answer = await line.send(request);
    const verdict = expected(request, { isBehindGateway: true });
    ledger.note(request, { answer, verdict, isAgain });
    const fault = faultOf(request, answer, verdict);
    return fault === undefined ? undefined : `${fault}\n${legible(request)}`;
  }

  /** Makes the request smaller for as long as it fails, and shows what is left. */
  const shrink = (seed: number, path: number) =>
    fc.assert(
      fc.asyncProperty(requests, async (request) => {
        expect(await send(request), `SEED=${SEED}`).toBeUndefined();
      }),
      { seed, path: `${path}`, endOnFailure: false },
    );

  for (let sent = 0; sent < BODIES; sent += ROUND) {
    const seed = SEED * BODIES + sent;
    const made = fc.sample(requests, { numRuns: ROUND, seed });
    let failed: number | undefined;
    await forEachConcurrently([...made.entries()], CONNECTIONS, async ([n, request]) => {
      if ((await send(request)) !== undefined) failed ??= n;
      else if (n % RESENT_EVERY === 0 && (await send(request, true)) !== undefined) failed ??= n;
    });
    if (failed !== undefined) await shrink(seed, failed);
    const seconds = (performance.now() - began) / 1000;
    console.log(`${sent + ROUND} bodies, ${Math.round((sent + ROUND) / seconds)} a second`);
  }
  line.close();
  await untilConsumed(stack);
  console.log(`all is through after ${Math.round((performance.now() - began) / 1000)} s`);

  const { accepted, rejected, dropped, repeated } = ledger.totals();
  const events = accepted + rejected + dropped;
  const kept = await quarantined(stack);
  const people = await storedPeople(stack);
  const stored = people.reduce((total, person) => total + eventsOf(person), 0);
  const reasons = Object.entries(Object.groupBy(kept, ({ reason }) => reason));
  console.log(
    [
      ...ledger.statuses(),
      `${events} events: ${accepted} accepted (${repeated} of them again), ${rejected} rejected, ${dropped} dropped`,
      `${stored} on ${people.length} people; in quarantine: ${reasons.map(([reason, all]) => `${all?.length} ${reason}`).join(', ')}`,
    ].join('\n'),
  );
  expect({ whole: stored + kept.length + dropped }).toEqual({ whole: events - repeated });
  expect(kept.length).toBeGreaterThanOrEqual(rejected);
  const documented = documentedReasons();
  expect(reasons.map(([reason]) => reason).filter((reason) => !documented.has(reason))).toEqual([]);
  for (const name of ['CollectCollectEvents', 'Profiles']) {
    expect(stack.functionLog(name)).not.toMatch(/answered 50\d|Outcome: (?!ok)|"level":"ERROR"/);
  }
});
