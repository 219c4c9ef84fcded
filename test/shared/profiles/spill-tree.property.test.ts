import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pid } from '#shared/events/event.ts';
import { fingerprint } from '#shared/kernel/fingerprint.ts';
import type { SeenId } from '#shared/profiles/activity.ts';
import { findInSpills, NODE_IDS, type SpillNodes, spillInto } from '#shared/profiles/spill-tree.ts';
import { memorySpillNodes } from '#test/support/memory-spill-nodes.ts';

const ada = Pid.parse('ada');
const bob = Pid.parse('bob');
const HOUR = 3_600_000;
const HORIZON = 1_000;

const idsOf = ({ from, length }: { readonly from: number; readonly length: number }): readonly SeenId[] =>
  Array.from({ length }, (_, n): SeenId => [((from + n) % 2) * HOUR + n, fingerprint(`m${from + n}`)]);

/** Parts of one long list, which overlap, so that many are spilled twice and most hours are full. */
const parts = fc.array(fc.record({ from: fc.nat(1_500), length: fc.integer({ min: 1, max: 400 }) }), {
  minLength: 1,
  maxLength: 10,
  size: 'max',
});

/** The same nodes, with something done around each call. */
function around(
  nodes: SpillNodes,
  wrap: <A extends unknown[], R>(call: (...args: A) => Promise<R>) => (...args: A) => Promise<R>,
): SpillNodes {
  return {
    readMany: wrap(nodes.readMany),
    // One addition at a time, as a table does them, so that others come between
    async addMany(additions, until) {
      const refused = [];
      for (const one of additions) refused.push(...(await wrap(nodes.addMany)([one], until)));
      return refused;
    },
    async closeMany(places, until) {
      for (const one of places) await wrap(nodes.closeMany)([one], until);
    },
  };
}

const prints = (ids: readonly SeenId[]): ReadonlySet<string> => new Set(ids.map(([, id]) => id));

describe('the spill', () => {
  it('knows all that several writers at once have spilled, and nothing else, in nodes of bounded size', async () => {
    await fc.assert(
      fc.asyncProperty(parts, fc.scheduler(), async (each, scheduler) => {
        const nodes = memorySpillNodes(() => 0);
        const shared = around(nodes, (call) => scheduler.scheduleFunction(call));

        const writers = each.map((part) =>
          spillInto(shared, { pid: ada, ids: idsOf(part) }, { until: HORIZON, horizonMs: HORIZON }),
        );
        await scheduler.waitIdle();
        await Promise.all(writers);

        const all = each.flatMap(idsOf);
        const others = idsOf({ from: 10_000, length: 50 });
        expect(await findInSpills(nodes, [bob, ada], [...all, ...others])).toEqual(prints(all));
        expect(await findInSpills(nodes, [bob], all)).toEqual(new Set());
        expect(Math.max(...[...nodes.all().values()].map(({ ids }) => ids.size))).toBeLessThanOrEqual(
          NODE_IDS,
        );
      }),
      { numRuns: 40 },
    );
  });

  it('forgets nothing when a writer ends at any of its calls, and is repeated', async () => {
    await fc.assert(
      fc.asyncProperty(parts, fc.nat(200), fc.boolean(), async (each, call, after) => {
        const nodes = memorySpillNodes(() => 0);
        let calls = 0;
        const dying = around(nodes, (original) => async (...args) => {
          const dies = calls++ === call;
          if (dies && !after) throw new Error('killed');
          const result = await original(...args);
          if (dies) throw new Error('killed');
          return result;
        });
        const time = { until: HORIZON, horizonMs: HORIZON };

        for (const part of each) {
          const spill = { pid: ada, ids: idsOf(part) };
          await spillInto(dying, spill, time).catch(() => spillInto(nodes, spill, time));
        }

        const all = each.flatMap(idsOf);
        expect(await findInSpills(nodes, [ada], all)).toEqual(prints(all));
      }),
      { numRuns: 60 },
    );
  });

  it('keeps every id for the whole of its horizon, although the nodes above are far older', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: HORIZON }), { minLength: 2, maxLength: 12 }),
        async (gaps) => {
          let now = 0;
          const nodes = memorySpillNodes(() => now);
          const spilled: { readonly at: number; readonly ids: readonly SeenId[] }[] = [];

          for (const [n, gap] of gaps.entries()) {
            now += gap;
            const ids = idsOf({ from: n * 300, length: 300 });
            await spillInto(nodes, { pid: ada, ids }, { until: now + HORIZON, horizonMs: HORIZON });
            spilled.push({ at: now, ids });

            const promised = spilled.filter(({ at }) => at + HORIZON >= now).flatMap((one) => one.ids);
            expect([...prints(promised).difference(await findInSpills(nodes, [ada], promised))]).toEqual([]);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('reads one node of an hour that is not full, and goes down only where it is', async () => {
    const nodes = memorySpillNodes(() => 0);
    const asked: string[] = [];
    const watched = {
      ...nodes,
      readMany: async (places: Parameters<SpillNodes['readMany']>[0]) => {
        asked.push(...places.map(({ path }) => path));
        return nodes.readMany(places);
      },
    };
    const [few, many] = [idsOf({ from: 0, length: 100 }), idsOf({ from: 100, length: 900 })];
    const time = { until: HORIZON, horizonMs: HORIZON };

    await spillInto(nodes, { pid: ada, ids: few }, time);
    await findInSpills(watched, [ada], few);
    expect(asked.sort()).toEqual(['0', '1']);

    await spillInto(nodes, { pid: ada, ids: many }, time);
    asked.length = 0;
    await findInSpills(watched, [ada], many.slice(0, 1));
    const letter = many[0]?.[1].slice(0, 1);
    expect(asked).toEqual(['0', `0#${letter}`]);
  });

  it('adds once more where exactly as many fit, and closes only then', async () => {
    const nodes = memorySpillNodes(() => 0);
    const ids = Array.from({ length: NODE_IDS + 1 }, (_, n): SeenId => [n, fingerprint(`m${n}`)]);
    const time = { until: HORIZON, horizonMs: HORIZON };

    await spillInto(nodes, { pid: ada, ids: ids.slice(0, NODE_IDS) }, time);
    expect([...nodes.all().values()]).toEqual([expect.objectContaining({ isFull: false })]);

    await spillInto(nodes, { pid: ada, ids: ids.slice(NODE_IDS) }, time);
    expect(nodes.all().get('ada 0')).toMatchObject({ isFull: true, until: 2 * HORIZON });
    expect(nodes.all().size).toBe(2);
  });
});
