import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluatePart } from '#functions/evaluation/evaluate-part.ts';
import { applyRecords } from '#functions/profiles/apply-records.ts';
import type { CollectedEvent } from '#shared/events/event.ts';
import { definitionsOf, evaluating } from '#test/support/evaluating.ts';

type Said = Partial<CollectedEvent>;

const before = definitionsOf(1, { many: { event: { name: 'Viewed', atLeast: 2 } } });
/** One segment whose condition changes, one that is new, and one that is gone. */
const after = definitionsOf(2, {
  many: { event: { name: 'Viewed', atLeast: 3 } },
  buyers: { event: { name: 'Bought' } },
});

const said: fc.Arbitrary<Said> = fc.oneof(
  fc.record({ anonymousId: fc.constantFrom('a', 'b', 'c'), event: fc.constantFrom('Viewed', 'Bought') }),
  // makes two of them one
  fc.record({
    type: fc.constant('identify' as const),
    userId: fc.constant('u'),
    anonymousId: fc.constantFrom('a', 'b'),
  }),
);

/** Whom the news says to be in a segment, and whether it ever contradicted itself. */
function told(outbox: ReturnType<typeof evaluating>['outbox']) {
  const rows = new Map<string, boolean>();
  let wrong = 0;
  const isIn = (id: string, pid: string): boolean => rows.get(`${id} ${pid}`) ?? false;
  for (const { pid, mergedInto, transitions } of outbox) {
    // Who absorbs somebody leaves what that one was in, which is told before the row itself goes
    const absorbed = outbox.flatMap((one) => (one.mergedInto === pid ? [one.pid] : []));
    for (const id of transitions.exited) {
      if (![pid, ...absorbed].some((one) => isIn(id, one))) wrong += 1;
      rows.set(`${id} ${pid}`, false);
    }
    for (const id of transitions.entered) {
      if (isIn(id, pid)) wrong += 1;
      rows.set(`${id} ${pid}`, true);
    }
    for (const id of transitions.moved) rows.set(`${id} ${pid}`, mergedInto === undefined);
  }
  return { wrong, members: [...rows].flatMap(([key, isIn]) => (isIn ? [key] : [])).sort() };
}

describe('a run over everybody in a race with events', () => {
  it('ends as evaluating everybody from scratch would, and tells of nothing that was not so', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(said, { maxLength: 6 }),
        fc.array(said, { maxLength: 4 }),
        fc.integer({ min: 1, max: 2 }),
        async (scheduler, first, meanwhile, of) => {
          const there = evaluating(before);
          let messages = 0;
          const record = (one: Said) => ({
            ...there.record([{ messageId: `m${messages++}`, ...one }]),
            partitionKey: `k${messages}`,
          });
          for (const one of first) await applyRecords(record(one), there.ports);
          there.catalog.newest = after;

          const people = {
            ...there.people,
            findMany: scheduler.scheduleFunction(there.people.findMany),
            write: scheduler.scheduleFunction(there.people.write),
            merge: scheduler.scheduleFunction(there.people.merge),
          };
          const scan = {
            ...there.evaluation.scan,
            // what it read is a while ago when it is written on
            page: scheduler.scheduleFunction(there.evaluation.scan.page),
          };
          const records = meanwhile.map(record);
          const runs = [
            ...records.map((keyed) => applyRecords(keyed, { ...there.ports, people })),
            ...Array.from({ length: of }, (_, segment) =>
              evaluatePart({ runId: 'r', version: 2, segment, of }, { ...there.evaluation, people, scan }),
            ),
          ];
          await scheduler.waitIdle();
          await Promise.allSettled(runs);
          for (const keyed of records) await applyRecords(keyed, there.ports);

          const everybody = there.everybody();
          for (const person of everybody) {
            expect(new Set(Object.keys(person.activity.segments))).toEqual(
              after.evaluate(person, there.clock.now).members,
            );
          }
          const news = told(there.outbox);
          expect(news.wrong).toBe(0);
          expect(news.members).toEqual(
            everybody
              .flatMap(({ pid, activity }) => Object.keys(activity.segments).map((id) => `${id} ${pid}`))
              .sort(),
          );
        },
      ),
    );
  });
});
