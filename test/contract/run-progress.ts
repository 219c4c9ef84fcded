import { beforeEach, describe, expect, it } from 'vitest';
import type { PartProgress, RunProgress, ShardCounts } from '#functions/runs/run-progress.ts';
import { Pid } from '#shared/events/event.ts';

const AT = '2026-11-22T09:15:00.000Z';

const part = (segment: number, more: Partial<PartProgress> = {}): PartProgress => ({
  segment,
  state: 'running',
  stretches: 1,
  people: 10,
  written: 3,
  entered: 2,
  exited: 1,
  readUnits: 12.5,
  after: { pid: Pid.parse('ada'), sk: '!profile' },
  ...more,
});
const shard = (n: number, members: Readonly<Record<string, number>>): ShardCounts => ({
  shard: n,
  members,
  restored: 1,
  removed: 2,
  suspected: 3,
});

/** What every keeper of the progress of runs must do: run by each one's own test. */
export function runProgressContract(name: string, create: () => Promise<RunProgress>): void {
  describe(`${name} keeps the contract of progress`, () => {
    let progress: RunProgress;
    beforeEach(async () => {
      progress = await create();
    });

    it('knows nothing of a run that noted nothing', async () => {
      expect(await progress.findPart('r', 0)).toBeUndefined();
      expect(await progress.find('r')).toEqual({ parts: [], shards: [] });
    });

    it('keeps the last note of each part and shard, run by run, in order', async () => {
      await progress.keepPart('r', part(10));
      await progress.keepPart('r', part(9));
      const { after: _, ...done } = part(9, { state: 'done', people: 20 });
      await progress.keepPart('r', done);
      await progress.keepPart('s', part(9, { people: 99 }));
      await progress.keepShard('r', shard(11, { loyal: 4, vip: 0 }));
      await progress.keepShard('r', shard(2, {}));

      expect(await progress.findPart('r', 9)).toEqual(done);
      expect(await progress.find('r')).toEqual({
        parts: [done, part(10)],
        shards: [shard(2, {}), shard(11, { loyal: 4, vip: 0 })],
      });
    });

    it('keeps the plan and the report as they were first kept', async () => {
      const plan = { version: 3, plannedAt: AT, beginsAt: AT, parts: 2 };
      const counts = {
        partsDone: 2,
        people: 5,
        written: 1,
        entered: 1,
        exited: 0,
        readUnits: 2.5,
        restored: 0,
        removed: 0,
      };
      const report = { outcome: 'done', finishedAt: AT, counts } as const;

      expect(await progress.keepPlan('r', plan)).toEqual(plan);
      expect(await progress.keepPlan('r', { ...plan, version: 4 })).toEqual(plan);
      expect(await progress.keepReport('r', report)).toEqual(report);
      expect(await progress.keepReport('r', { ...report, outcome: 'superseded' })).toEqual(report);

      expect(await progress.find('r')).toEqual({ plan, parts: [], shards: [], report });
      expect(await progress.find('s')).toEqual({ parts: [], shards: [] });
    });
  });
}
