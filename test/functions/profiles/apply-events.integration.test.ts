import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CollectedEvent } from '#shared/events/event.ts';
import { startDynamoDb, type TestDynamoDb } from '#test/support/dynamodb.ts';
import { expectedOutcome, strays } from '#test/support/storm/expected.ts';
import {
  EVENTFUL,
  HISTORY_APART,
  HISTORY_TOGETHER,
  LATER,
  SHARED,
  TOGETHER_AT_ONCE,
} from '#test/support/storm/history.ts';
import {
  expectCounted,
  expectEachEventOnce,
  expectEachEventOnceAtMost,
  expectEachEventTold,
  expectEachEventToldAmongKin,
  expectFeedbackKept,
  expectNobodyJoinedAmiss,
  expectNothingLeft,
  expectSettled,
} from '#test/support/storm/invariants.ts';
import { KILLS } from '#test/support/storm/network.ts';
import { DEFINITIONS } from '#test/support/storm/segments.ts';
import { HISTORY_OF_SEVERAL, KNOWN, withFeedback } from '#test/support/storm/several-sources.ts';
import { outcomeOf } from '#test/support/storm/stored.ts';
import { endure } from '#test/support/storm/storm.ts';
import {
  CALM,
  crowding,
  ERASING,
  killedAt,
  lagging,
  overdue,
  racing,
  SETTING_APART,
  stormy,
} from '#test/support/storm/weather.ts';

/** Times as many runs: `STORMS=100` for a night. */
const STORMS = Number(process.env.STORMS ?? 1);

/** A counterexample is made smaller for a while only. */
const PATIENTLY = { interruptAfterTimeLimit: 40_000 * STORMS };

const byTime = ({ timestamp }: CollectedEvent): string => `key ${timestamp % 7}`;

const KEYS = [
  { name: 'a person', stream: {} },
  // Nothing of ours keys records so, but the marks must not depend on it
  { name: 'several people', stream: { keyOf: byTime } },
];

const seed = fc.integer({ min: 1, max: 1_000_000 });

describe('the profiles function, over its tables', { timeout: 240_000 * STORMS }, () => {
  let dynamodb: TestDynamoDb;
  beforeAll(async () => {
    dynamodb = await startDynamoDb();
  });
  afterAll(() => dynamodb.close());

  it.each(KEYS)('comes to what the pure fold says in any storm, with keys of $name', async ({ stream }) => {
    await fc.assert(
      fc.asyncProperty(HISTORY_APART, seed, async (requests, at) => {
        const came = await endure(dynamodb, { requests, weather: stormy(at, stream) });

        expect(outcomeOf(came.people)).toEqual(expectedOutcome(requests, DEFINITIONS));
        expect(came.quarantined).toEqual(strays(requests));
        expectCounted(came, requests);
        await expectSettled(came);
      }),
      { numRuns: 10 * STORMS, ...PATIENTLY },
    );
  });

  it.each(KEYS)(
    'keeps each event with one person in any storm, where whose it is depends on what came first, with keys of $name',
    async ({ stream }) => {
      await fc.assert(
        fc.asyncProperty(HISTORY_TOGETHER, seed, async (requests, at) => {
          const came = await endure(dynamodb, { requests, weather: stormy(at, stream) });

          expectEachEventOnce(came.people, requests);
          expectEachEventTold(came.people, requests);
          await expectSettled(came);
        }),
        { numRuns: 10 * STORMS, ...PATIENTLY },
      );
    },
  );

  it('joins people of several sources and companies as these may, whatever the storm, and tells each event once', async () => {
    await fc.assert(
      fc.asyncProperty(HISTORY_OF_SEVERAL, seed, async (requests, at) => {
        const came = await endure(dynamodb, { requests, weather: stormy(at) });

        expectEachEventOnce(came.people, requests);
        expectEachEventTold(came.people, requests);
        expectNobodyJoinedAmiss(came.people, requests);
        await expectSettled(came);
      }),
      { numRuns: 6 * STORMS, ...PATIENTLY },
    );
  });

  it('shows two known people on one device each what is theirs, however they race', async () => {
    for (let at = 1; at <= 20 * STORMS; at++) {
      const came = await endure(dynamodb, { requests: SHARED, weather: racing(at) });

      expectEachEventTold(came.people, SHARED);
      expectCounted(came, SHARED, { isExact: true });
    }
  });

  it.each([
    { name: 'in any storm', weather: stormy },
    { name: 'where transactions are at the items', weather: crowding },
  ])(
    'comes to what the pure fold says with feedback to one of them, and keeps it with the message, $name',
    async ({ weather }) => {
      await fc.assert(
        fc.asyncProperty(withFeedback(HISTORY_APART), seed, async (requests, at) => {
          const came = await endure(dynamodb, { requests, weather: weather(at), before: KNOWN });

          const sent = [...KNOWN, ...requests];
          expect(outcomeOf(came.people)).toEqual(expectedOutcome(sent, DEFINITIONS));
          expectFeedbackKept(came.people, sent);
          await expectSettled(came);
        }),
        { numRuns: 4 * STORMS, ...PATIENTLY },
      );
    },
  );

  it.each([
    { name: 'whom others write to', weather: racing, runs: 15 },
    { name: 'and only consistent reads show it', weather: lagging, runs: 5 },
  ])('comes to what the pure fold says when people are merged $name', async ({ weather, runs }) => {
    const expected = expectedOutcome(TOGETHER_AT_ONCE, DEFINITIONS);
    for (let at = 1; at <= runs * STORMS; at++) {
      const came = await endure(dynamodb, { requests: TOGETHER_AT_ONCE, weather: weather(at) });

      expect(outcomeOf(came.people), `seed ${at}`).toEqual(expected);
      expectCounted(came, TOGETHER_AT_ONCE, { isExact: true });
    }
  });

  it('comes to what the pure fold says when what is overdue is given up, and redriven twice', async () => {
    const property = fc.asyncProperty(HISTORY_APART, seed, async (requests, at) => {
      const came = await endure(dynamodb, { requests, weather: overdue(at) });

      expect(outcomeOf(came.people)).toEqual(expectedOutcome(requests, DEFINITIONS));
      expectCounted(came, requests);
      await expectSettled(came);
    });
    await fc.assert(property, { numRuns: 4 * STORMS, ...PATIENTLY });
  });

  it('comes to it with feedback that is given up, and keeps that with the message', async () => {
    let redrives = 0;
    const property = fc.asyncProperty(withFeedback(HISTORY_APART), seed, async (requests, at) => {
      const came = await endure(dynamodb, { requests, weather: overdue(at), before: KNOWN });

      redrives += came.redrivenTo;
      const sent = [...KNOWN, ...requests];
      expect(outcomeOf(came.people)).toEqual(expectedOutcome(sent, DEFINITIONS));
      expectFeedbackKept(came.people, sent);
      await expectSettled(came);
    });
    await fc.assert(property, { numRuns: 4 * STORMS, ...PATIENTLY });
    expect(redrives).toBeGreaterThan(0);
  });

  it('comes to it as well when the ids of what was given up have long expired', async () => {
    const expected = expectedOutcome([...EVENTFUL, ...LATER], DEFINITIONS);
    let redrives = 0;
    for (let at = 1; at <= 5 * STORMS; at++) {
      const weather = { ...overdue(at), isRedrivenLate: true };
      const { people, redriven } = await endure(dynamodb, { requests: EVENTFUL, weather, later: LATER });

      redrives += redriven;
      expect(outcomeOf(people), `seed ${at}`).toEqual(expected);
    }
    expect(redrives).toBeGreaterThan(0);
  });

  it('counts each event once while people are set apart, and joins them no more', async () => {
    await fc.assert(
      fc.asyncProperty(HISTORY_APART, seed, async (requests, at) => {
        const came = await endure(dynamodb, {
          requests,
          weather: { ...stormy(at), meddling: SETTING_APART },
        });

        expectEachEventOnce(came.people, requests);
        expectEachEventToldAmongKin(came.people, requests);

        // Of three who were one, two that were set apart from the third are joined by what names both, come again
        const again = await came.repeat();
        expectEachEventOnce(again.people, requests);
        await expectSettled({ ...came, people: again.people });
      }),
      { numRuns: 10 * STORMS, ...PATIENTLY },
    );
  });

  it('keeps nothing of who is erased meanwhile, in any storm, and all of everybody else', async () => {
    let erased = 0;
    await fc.assert(
      fc.asyncProperty(HISTORY_APART, seed, async (requests, at) => {
        const came = await endure(dynamodb, { requests, weather: { ...stormy(at), meddling: ERASING } });

        erased += came.erased.length;
        expectNothingLeft(came);
        expectEachEventOnceAtMost(came.people);
        const rows = came.erased.flatMap((one) => one.rows);
        expect(outcomeOf(came.people)).toEqual(
          expect.arrayContaining([...expectedOutcome(requests, DEFINITIONS, rows)]),
        );
        await expectSettled(came);
      }),
      { numRuns: 10 * STORMS, ...PATIENTLY },
    );
    expect(erased).toBeGreaterThan(0);
  });

  it('asks everything of AWS in its eventful history, which comes to what the pure fold says', async () => {
    const { people, calls } = await endure(dynamodb, { requests: EVENTFUL, weather: CALM });

    expect(outcomeOf(people)).toEqual(expectedOutcome(EVENTFUL, DEFINITIONS));
    expect([...new Set(calls.map(({ operation }) => operation))].sort()).toEqual(EVERY_OPERATION);
  });

  it.each([
    { name: 'of an eventful history', requests: EVENTFUL, stream: {} },
    { name: 'for people on one device, with one key', requests: SHARED, stream: { keyOf: () => 'one' } },
  ])('comes to the same when its λ ends at any call $name', async ({ requests, stream }) => {
    const calm = await endure(dynamodb, { requests, weather: { ...CALM, stream } });

    for (const [n, { operation }] of calm.calls.entries()) {
      for (const kill of killsAt(operation)) {
        const weather = { ...killedAt(n, kill), stream };
        const { people } = await endure(dynamodb, { requests, weather });

        expect(outcomeOf(people), `${kill} at call ${n}, ${operation}`).toEqual(outcomeOf(calm.people));
      }
    }
  });
});

/** To end before a call is to end after the one before it, and a read that nobody hears of changes nothing. */
const killsAt = (operation: string): readonly (typeof KILLS)[number][] => {
  if (STORMS > 1) return KILLS;
  return CHANGES.includes(operation) ? ['killed after', 'killed during'] : ['killed after'];
};
const CHANGES = ['BatchWriteItem', 'PutItem', 'PUT object', 'TransactWriteItems', 'UpdateItem'];

/** What the function asks of AWS; a history that leaves one out proves nothing about it. */
const EVERY_OPERATION = [
  'BatchGetItem',
  'BatchWriteItem',
  'GetItem',
  'PUT object',
  'PutItem',
  'Query',
  'TransactWriteItems',
  'UpdateItem',
];
