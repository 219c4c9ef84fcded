import { describe, expect, it } from 'vitest';
import { evaluatePart } from '#functions/evaluation/evaluate-part.ts';
import { readMemberLists } from '#functions/evaluation/member-lists.ts';
import { applyRecords } from '#functions/profiles/apply-records.ts';
import { definitionsOf, evaluating } from '#test/support/evaluating.ts';

const ORDERED = { event: { name: 'Order Completed' } };
const part = { runId: 'r', version: 2, segment: 0, of: 1 };
const users = Array.from({ length: 20 }, (_, n) => `u${n}`);

/** So many people, of whom every second ordered something, before anything was defined. */
async function shop() {
  const there = evaluating(definitionsOf(1, {}));
  for (const [n, userId] of users.entries()) {
    const event = n % 2 === 0 ? 'Order Completed' : 'Viewed';
    await there.apply(there.record([{ userId, event, messageId: `m${n}` }]));
  }
  there.catalog.newest = definitionsOf(2, { buyers: ORDERED });
  return there;
}

const buyersOf = ({ ownerOf }: Awaited<ReturnType<typeof shop>>) =>
  users.filter((userId) => 'buyers' in (ownerOf(`userId#${userId}`)?.activity.segments ?? {}));
const ordered = users.filter((_, n) => n % 2 === 0);

describe('evaluatePart', () => {
  it('puts into a new segment whom it holds, tells of each once, and writes nobody else', async () => {
    const there = await shop();

    const done = await evaluatePart(part, there.evaluation);

    expect(done).toMatchObject({ state: 'done', people: 20, written: 10, entered: 10, exited: 0 });
    expect(buyersOf(there)).toEqual(ordered);
    expect(there.outbox.map(({ transitions }) => transitions.entered)).toEqual(ordered.map(() => ['buyers']));
    for (const userId of users) {
      expect(there.ownerOf(`userId#${userId}`)?.activity.version).toBe(ordered.includes(userId) ? 2 : 1);
    }
  });

  it('writes nobody when it is run again', async () => {
    const there = await shop();
    await evaluatePart(part, there.evaluation);

    const again = await evaluatePart({ ...part, runId: 'again' }, there.evaluation);

    expect(again).toMatchObject({ state: 'done', people: 20, written: 0 });
    expect(there.outbox).toHaveLength(10);
  });

  it('says when people are to be looked at again where a definition now asks for it, and enters nobody', async () => {
    const there = await shop();
    const lately = { event: { name: 'Order Completed', within: '30d' as const } };
    there.clock.now = Math.max(...there.everybody().map(({ activity }) => activity.lastSeenAt)) + 1_000;
    there.catalog.newest = definitionsOf(2, { inactive: { all: [ORDERED, { not: lately }] } });

    const done = await evaluatePart(part, there.evaluation);

    expect(done).toMatchObject({ people: 20, written: 10, entered: 0, exited: 0 });
    for (const { activity } of there.everybody()) {
      const last = activity.events['Order Completed']?.last;
      expect(activity.dueAt).toBe(last === undefined ? undefined : last + 30 * 86_400_000);
    }
    expect(await evaluatePart({ ...part, runId: 'again' }, there.evaluation)).toMatchObject({ written: 0 });
  });

  it('takes people out of a segment that is no longer defined', async () => {
    const there = await shop();
    await evaluatePart(part, there.evaluation);
    there.catalog.newest = definitionsOf(3, {});

    const done = await evaluatePart({ ...part, runId: 's', version: 3 }, there.evaluation);

    expect(done).toMatchObject({ written: 10, entered: 0, exited: 10 });
    expect(buyersOf(there)).toEqual([]);
  });

  it('goes on where an attempt noted its place that was killed, and evaluates nobody before it again', async () => {
    const there = await shop();
    let pages = 0;
    const scan = {
      ...there.evaluation.scan,
      page: (...asked: Parameters<typeof there.evaluation.scan.page>) => {
        pages += 1;
        if (pages === 5) throw new Error('killed');
        return there.evaluation.scan.page(...asked);
      },
    };
    const ports = { ...there.evaluation, scan, stretchPeople: 6 };

    await expect(evaluatePart(part, ports)).rejects.toThrow('killed');
    expect(await ports.progress.findPart('r', 0)).toMatchObject({
      state: 'running',
      stretches: 2,
      people: 12,
    });
    const done = await evaluatePart(part, ports);

    // two stretches of two pages each before it, and one page in vain
    expect(pages).toBe(5 + 3);
    expect(done).toMatchObject({ state: 'done', people: 20, written: 10, stretches: 4 });
    expect(there.outbox).toHaveLength(10);
    expect(buyersOf(there)).toEqual(ordered);
  });

  it('ends an attempt with its time and asks for another', async () => {
    const there = await shop();
    let left = 100_000;
    const ports = {
      ...there.evaluation,
      remainingMs: () => {
        left -= 15_000;
        return left;
      },
    };

    await expect(evaluatePart(part, ports)).rejects.toMatchObject({ code: 'STRETCH_ENDED', retryable: true });
    left = 1_000_000;
    const done = await evaluatePart(part, ports);

    expect(done).toMatchObject({ state: 'done', people: 20, written: 10 });
    expect(done.stretches).toBeGreaterThan(1);
  });

  it('gives way to the run of a later change, in the middle of its own', async () => {
    const there = await shop();
    const scan = {
      ...there.evaluation.scan,
      page: (...asked: Parameters<typeof there.evaluation.scan.page>) => {
        there.catalog.newest = definitionsOf(3, { viewers: { event: { name: 'Viewed' } } });
        return there.evaluation.scan.page(...asked);
      },
    };

    const ended = await evaluatePart(part, { ...there.evaluation, scan, stretchPeople: 3 });

    expect(ended).toMatchObject({ state: 'superseded', people: 3 });
    const done = await evaluatePart({ ...part, runId: 's', version: 3 }, there.evaluation);
    expect(done.state).toBe('done');
    for (const { activity } of there.everybody()) {
      expect(Object.keys(activity.segments)).toEqual('Viewed' in activity.events ? ['viewers'] : []);
    }
  });

  it('is not undone by a function that holds to older definitions', async () => {
    const there = await shop();
    await evaluatePart(part, there.evaluation);

    const old = there.holding(definitionsOf(1, {}));
    for (const userId of ordered) {
      const record = there.record([{ userId, event: 'Viewed', messageId: `late ${userId}` }]);
      await applyRecords(record, { ...there.ports, definitions: old });
    }

    expect(buyersOf(there)).toEqual(ordered);
    expect(there.outbox.flatMap(({ transitions }) => transitions.exited)).toEqual([]);
  });

  it('lists who is in which segment by the shards of rows, and who came of late apart', async () => {
    const there = await shop();
    await evaluatePart(part, { ...there.evaluation, stretchPeople: 6 });
    there.clock.now += 26 * 3_600_000;
    await there.apply(there.record([{ userId: 'u1', event: 'Order Completed', messageId: 'new' }]), {
      definitions: there.evaluation.definitions,
    });
    const done = await evaluatePart({ ...part, runId: 's' }, { ...there.evaluation, stretchPeople: 6 });

    const stretches = Array.from({ length: done.stretches }, (_, stretch) => ({
      runId: 's',
      segment: 0,
      stretch,
    }));
    const lists = await Promise.all(
      Array.from({ length: 16 }, (_, shard) => readMemberLists({ shard, stretches }, there.evaluation)),
    );
    const pidOf = (userId: string) => there.ownerOf(`userId#${userId}`)?.pid ?? '';
    expect(lists.flatMap((list) => [...(list.get('buyers')?.fresh ?? [])])).toEqual([pidOf('u1')]);
    expect(new Set(lists.flatMap((list) => [...(list.get('buyers')?.settled ?? [])]))).toEqual(
      new Set(ordered.map(pidOf)),
    );
  });
});
