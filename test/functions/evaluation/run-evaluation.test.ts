import { describe, expect, it } from 'vitest';
import { compareShard } from '#functions/evaluation/compare-shard.ts';
import { evaluatePart } from '#functions/evaluation/evaluate-part.ts';
import {
  finishEvaluation,
  OLD_DEFINITIONS_MS,
  planEvaluation,
  runOfChange,
} from '#functions/evaluation/run-evaluation.ts';
import { definitionsOf, evaluating, runEvaluation } from '#test/support/evaluating.ts';

const HOUR_MS = 3_600_000;
const BUYERS = { buyers: { event: { name: 'Bought' } } };

/** Three people who bought before anybody asked, and whose transitions reach the rows as `follow` is called. */
async function shop() {
  const there = evaluating(definitionsOf(1, {}));
  for (const userId of ['a', 'b', 'c']) {
    await there.apply(there.record([{ userId, event: 'Bought', messageId: userId }]));
  }
  there.catalog.newest = definitionsOf(2, BUYERS);
  return there;
}
const pidOf = (there: Awaited<ReturnType<typeof shop>>, userId: string) =>
  there.ownerOf(`userId#${userId}`)?.pid ?? '';

describe('planEvaluation', () => {
  const plan = (items: number, changedAt: number) =>
    planEvaluation(
      { runId: 'r' },
      {
        ...evaluating(definitionsOf(1, {})).evaluation,
        definitionsState: async () => ({ version: 7, changedAt }),
        scan: { countItems: async () => items },
        now: () => 1_000_000,
      },
    );

  it('waits until nobody is written by older definitions any more, and not longer', async () => {
    expect(await plan(0, 990_000)).toMatchObject({ waitSeconds: OLD_DEFINITIONS_MS / 1000 - 10 });
    expect(await plan(0, 0)).toMatchObject({ waitSeconds: 0 });
  });

  it.each([
    [0, 1],
    [200_000, 1],
    [200_001, 2],
    [1e9, 600],
  ])('works on %i items in %i parts', async (items, parts) => {
    const planned = await plan(items, 0);

    expect(planned.parts).toHaveLength(parts);
    expect(planned.parts.at(-1)).toEqual({ runId: 'r', version: 7, segment: parts - 1, of: parts });
    expect(planned.shards).toHaveLength(16);
    // what a state may hold
    expect(JSON.stringify(planned).length).toBeLessThan(200_000);
  });

  it('of a change that another has followed is of the former version, and so gives way', async () => {
    const { progress, scan } = evaluating(definitionsOf(1, {})).evaluation;
    const ports = {
      progress,
      scan,
      definitionsState: async () => ({ version: 9, changedAt: 0 }),
      now: () => 0,
    };

    expect((await planEvaluation({ runId: runOfChange(8) }, ports)).parts).toMatchObject([{ version: 8 }]);
    expect((await planEvaluation({ runId: runOfChange(9) }, ports)).parts).toMatchObject([{ version: 9 }]);
  });

  it('gives the same parts when it is repeated, whatever changed meanwhile', async () => {
    const { progress, scan } = evaluating(definitionsOf(1, {})).evaluation;
    const planned = (version: number, now: number) =>
      planEvaluation(
        { runId: 'r' },
        { progress, scan, definitionsState: async () => ({ version, changedAt: 0 }), now: () => now },
      );

    expect(await planned(8, 2_000_000)).toMatchObject({ parts: (await planned(7, 1_000_000)).parts });
  });
});

describe('a run', () => {
  it('evaluates, compares and keeps the sizes', async () => {
    const there = await shop();

    const first = await runEvaluation(there, 'r');
    // The rows of who entered by this very run are on their way
    expect(first).toMatchObject({
      outcome: 'done',
      counts: { people: 3, written: 3, entered: 3, restored: 0 },
    });
    expect(await there.sizes.latest()).toEqual(new Map([['buyers', { at: there.clock.now, size: 0 }]]));
    await there.follow();
    await runEvaluation(there, 's');

    expect(await there.sizes.latest()).toEqual(new Map([['buyers', { at: there.clock.now, size: 3 }]]));
    expect(there.told).toHaveLength(3);
  });

  it('lets the rows of a removed segment go, and forgets its size when they have', async () => {
    const there = await shop();
    await runEvaluation(there, 'r');
    await there.follow();
    there.catalog.newest = definitionsOf(3, {});

    await runEvaluation(there, 's');
    await there.follow();
    expect(there.rows.members('buyers')).toEqual([]);
    await runEvaluation(there, 't');

    expect(await there.sizes.latest()).toEqual(new Map());
    expect(await there.sizes.history('buyers', 5)).toEqual([{ at: there.clock.now, size: 0 }]);
    expect(there.told.filter(({ kind }) => kind === 'Segment Exited')).toHaveLength(3);
  });

  it('compares nothing and keeps no size where it gave way to a later one', async () => {
    const there = await shop();
    const ports = { ...there.evaluation, ...there.comparing };
    await evaluatePart({ runId: 'r', version: 1, segment: 0, of: 1 }, ports);

    expect(await compareShard({ runId: 'r', shard: 0 }, ports)).toBeUndefined();
    expect(await finishEvaluation({ runId: 'r' }, ports)).toMatchObject({ outcome: 'superseded' });
    expect(await there.sizes.latest()).toEqual(new Map());
  });
});

describe('after an outage longer than the stream lasts', () => {
  it('puts rows that never came, and tells of them once', async () => {
    const there = await shop();
    await runEvaluation(there, 'r');
    there.lose();

    await runEvaluation(there, 'within the day');
    expect(there.rows.members('buyers')).toEqual([]);
    there.clock.now += 26 * HOUR_MS;
    expect(await runEvaluation(there, 'after it')).toMatchObject({ counts: { written: 0, restored: 3 } });
    expect(await runEvaluation(there, 'once more')).toMatchObject({ counts: { restored: 0 } });

    expect(there.rows.members('buyers')).toEqual(['a', 'b', 'c'].map((id) => pidOf(there, id)).sort());
    expect(there.told.map(({ kind, pid }) => `${kind} ${pid}`).sort()).toEqual(
      ['a', 'b', 'c'].map((id) => `Segment Entered ${pidOf(there, id)}`).sort(),
    );
    expect(await there.sizes.latest()).toEqual(new Map([['buyers', { at: there.clock.now, size: 3 }]]));
  });

  it('takes away rows of who left unheard, once they have stood for a day, and tells of it once', async () => {
    const there = await shop();
    await runEvaluation(there, 'r');
    await there.follow();
    there.catalog.newest = definitionsOf(3, { buyers: { event: { name: 'Bought', atLeast: 2 } } });
    await runEvaluation(there, 's');
    there.lose();
    there.told.length = 0;

    await runEvaluation(there, 'suspects them');
    expect(there.rows.members('buyers')).toHaveLength(3);
    there.clock.now += 26 * HOUR_MS;
    expect(await runEvaluation(there, 'a day later')).toMatchObject({ counts: { removed: 3 } });
    expect(await runEvaluation(there, 'once more')).toMatchObject({ counts: { removed: 0 } });

    expect(there.rows.members('buyers')).toEqual([]);
    expect(there.told.map(({ kind, id }) => `${kind} ${id}`).sort()).toEqual(
      ['a', 'b', 'c'].map((id) => `Segment Exited ${pidOf(there, id)}#after-2#buyers`).sort(),
    );
  });

  it('lets rows be that come late, and who comes back', async () => {
    const there = await shop();
    await runEvaluation(there, 'r');
    await there.follow();
    there.catalog.newest = definitionsOf(3, { buyers: { event: { name: 'Bought', atLeast: 2 } } });
    await runEvaluation(there, 's');
    await runEvaluation(there, 'suspects them');
    // the stream is late, but not lost; and one comes back
    await there.follow();
    await there.apply(there.record([{ userId: 'a', event: 'Bought', messageId: 'again' }]), {
      definitions: there.ports.definitions,
    });
    await there.follow();
    there.clock.now += 26 * HOUR_MS;
    const told = there.told.length;

    expect(await runEvaluation(there, 'a day later')).toMatchObject({ counts: { restored: 0, removed: 0 } });
    expect(there.rows.members('buyers')).toEqual([pidOf(there, 'a')]);
    expect(there.told).toHaveLength(told);
  });

  it('moves the rows of a merge that never came, and tells nobody that they entered', async () => {
    const there = await shop();
    await runEvaluation(there, 'r');
    await there.follow();
    there.told.length = 0;
    await there.apply(there.record([{ anonymousId: 'x', event: 'Viewed', messageId: 'x' }]));
    await there.apply(
      there.record([{ anonymousId: 'x', userId: 'a', type: 'identify', messageId: 'joins' }]),
      {
        definitions: there.ports.definitions,
      },
    );
    there.lose();

    await runEvaluation(there, 's');
    there.clock.now += 26 * HOUR_MS;
    await runEvaluation(there, 't');

    expect(there.rows.members('buyers')).toEqual(['a', 'b', 'c'].map((id) => pidOf(there, id)).sort());
    expect(there.told).toEqual([]);
  });
});
