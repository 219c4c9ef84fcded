import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { forEachConcurrently } from '#functions/runtime/concurrency.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { untilConsumed } from '#test/support/consumed.ts';
import { documentedAdmin } from '#test/support/documented-admin.ts';
import { documentedReasons } from '#test/support/documented-reasons.ts';
import { type FuzzAnswer, faultOf, openLedger } from '#test/support/fuzz/answers.ts';
import { type FuzzRequest, legible } from '#test/support/fuzz/fuzz-request.ts';
import { fuzzRequests } from '#test/support/fuzz/fuzz-requests.ts';
import { PICKY_PLAN, PICKY_SOURCE } from '#test/support/fuzz/fuzz-sources.ts';
import { openLine } from '#test/support/fuzz/line.ts';
import { oneProcess } from '#test/support/fuzz/one-process.ts';
import { expected } from '#test/support/fuzz/oracle.ts';
import { quarantined } from '#test/support/quarantine.ts';
import { type StackProcess, startFreshStack } from '#test/support/stack-process.ts';
import { eventsOf, storedPeople } from '#test/support/stored-people.ts';

const SEED = Number(process.env.SEED ?? 1);
const BODIES = Number(process.env.BODIES ?? 100_000);
/** Over the line and through the whole stack; the others in one process, where they take a tenth of the time. */
const OVER_THE_LINE = BODIES / 5;
/** Bodies that are made at once, of a seed of their own. */
const ROUND = 1_000;
const CONNECTIONS = 8;
/** One request in so many is sent a second time, as after an answer that was lost. */
const RESENT_EVERY = 50;

const requests = fuzzRequests({ largeEvery: 4_000 });

interface Sending {
  readonly send: (request: FuzzRequest) => Promise<FuzzAnswer>;
  readonly from: number;
  readonly to: number;
  readonly connections: number;
  readonly isBehindGateway: boolean;
}

/**
 * Sends so many generated requests, and holds each answer to what the contract says.
 *
 * @returns what was answered in sum.
 * @throws the smallest request that is answered otherwise.
 */
async function sendAll({ send, from, to, connections, isBehindGateway }: Sending) {
  const ledger = openLedger();

  async function faultOfSent(request: FuzzRequest, isAgain = false): Promise<string | undefined> {
    const answer = await send(request);
    const verdict = expected(request, { isBehindGateway });
    ledger.note(request, { answer, verdict, isAgain });
    const fault = faultOf(request, answer, verdict);
    return fault && `SEED=${SEED}: ${fault}\n${legible(request)}`;
  }

  for (let sent = from; sent < to; sent += ROUND) {
    const seed = SEED * 1_000_003 + sent;
    const made = fc.sample(requests, { numRuns: ROUND, seed });
    let failed: number | undefined;
    await forEachConcurrently([...made.entries()], connections, async ([n, request]) => {
      // An image that is loaded again is another event
      const isResent = n % RESENT_EVERY === 0 && request.method === 'POST';
      const fault = (await faultOfSent(request)) ?? (isResent ? await faultOfSent(request, true) : undefined);
      if (fault !== undefined) failed ??= n;
    });
    const property = fc.asyncProperty(requests, async (request) => {
      expect(await faultOfSent(request)).toBeUndefined();
    });
    if (failed !== undefined) await fc.assert(property, { seed, path: `${failed}`, endOnFailure: false });
    if ((sent / ROUND) % 5 === 4) console.log(`${sent + ROUND - from} bodies sent`);
  }
  return ledger;
}

/** That what lies on people and in quarantine, and what was dropped, is all that was sent. */
function expectWhole(
  ledger: ReturnType<typeof openLedger>,
  { people, kept }: { readonly people: readonly Person[]; readonly kept: readonly string[] },
): { readonly stored: number; readonly dropped: number } {
  const { requests: sent, accepted, rejected, dropped, repeated, images } = ledger.totals();
  const stored = people.reduce((total, person) => total + eventsOf(person), 0);
  const reasons = Object.entries(Object.groupBy(kept, (reason) => reason));
  console.log(
    [
      ...ledger.statuses(),
      `${sent} requests: ${accepted} events accepted (${repeated} of them again), ${rejected} rejected, ${dropped} dropped, ${images} by images`,
      `${stored} on ${people.length} people; in quarantine: ${reasons.map(([reason, all]) => `${all?.length} ${reason}`).join(', ')}`,
    ].join('\n'),
  );

  expect(stored + kept.length + dropped).toBe(accepted - repeated + rejected + dropped + images);
  expect(kept.length).toBeGreaterThanOrEqual(rejected);
  const documented = documentedReasons();
  expect(reasons.map(([reason]) => reason).filter((reason) => !documented.has(reason))).toEqual([]);
  return { stored, dropped };
}

describe('of all that is sent no event is lost, doubled or a fault', () => {
  let stack: StackProcess;
  beforeAll(async () => {
    stack = await startFreshStack(inject('assembly'));
    const call = documentedAdmin(stack);
    for (const [kind, { id, ...body }] of [
      ['tracking-plans', PICKY_PLAN],
      ['sources', PICKY_SOURCE],
    ] as const) {
      expect(await call({ method: 'PUT', path: `/v1/${kind}/${id}`, body })).toMatchObject({ status: 200 });
    }
  });
  afterAll(() => stack.stop());

  it(`${OVER_THE_LINE} bodies through the running stack`, { timeout: 3_600_000 }, async () => {
    const line = openLine(stack.urls.collect, { connections: CONNECTIONS });

    const ledger = await sendAll({
      send: line.send,
      from: 0,
      to: OVER_THE_LINE,
      connections: CONNECTIONS,
      isBehindGateway: true,
    });
    line.close();
    await untilConsumed(stack);

    const kept = (await quarantined(stack)).map(({ reason }) => reason);
    const { stored, dropped } = expectWhole(ledger, { people: await storedPeople(stack), kept });
    // What the operator is told of it is the same
    expect(await documentedAdmin(stack)({ method: 'GET', path: '/v1/quality' })).toMatchObject({
      body: { totals: { events: stored + kept.length + dropped, dropped, quarantined: kept.length } },
    });
    for (const name of ['CollectCollectEvents', 'Profiles']) {
      expect(stack.functionLog(name)).not.toMatch(/answered 50\d|Outcome: (?!ok)|"level":"ERROR"/);
    }
  });
});

it(`nor of ${BODIES - OVER_THE_LINE} bodies more in one process`, { timeout: 3_600_000 }, async () => {
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'true');
  const { send, everybody, reasons } = oneProcess();

  const ledger = await sendAll({
    send,
    from: OVER_THE_LINE,
    to: BODIES,
    connections: 1,
    isBehindGateway: false,
  });

  expectWhole(ledger, { people: everybody(), kept: reasons() });
});
