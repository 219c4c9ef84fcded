import { beforeEach, describe, expect, it } from 'vitest';
import type { Runs } from '#functions/adapters/stepfunctions/runs.ts';

/** What every way to run definitions must do: run by each one's own test, in memory and on state machines. */
export function runsContract(name: string, create: () => Promise<Runs>): void {
  describe(`${name} keeps the contract of runs`, () => {
    let runs: Runs;
    beforeEach(async () => {
      runs = await create();
    });

    it('finds a run that was started, under its id and its definition', async () => {
      await runs.start({ id: 'r1', definitionId: 'daily' });

      expect(await runs.find('r1')).toMatchObject({
        id: 'r1',
        definitionId: 'daily',
        status: expect.stringMatching(/^(running|succeeded)$/),
        startedAt: expect.any(Number),
      });
      expect(await runs.find('r2')).toBeUndefined();
    });

    it('starts a run once for its id', async () => {
      await runs.start({ id: 'r1', definitionId: 'daily' });

      await runs.start({ id: 'r1', definitionId: 'daily' });

      expect((await runs.list('daily', undefined))?.runs).toHaveLength(1);
    });

    it('lists the runs of one definition, latest first', async () => {
      for (const [id, definitionId] of [
        ['r1', 'daily'],
        ['r2', 'weekly'],
        ['r3', 'daily'],
      ] as const) {
        await runs.start({ id, definitionId });
        await new Promise((resolve) => setTimeout(resolve, 5));
      }

      expect((await runs.list('daily', undefined))?.runs.map(({ id }) => id)).toEqual(['r3', 'r1']);
    });

    it('lists the runs of all definitions, latest first', async () => {
      for (const [id, definitionId] of [
        ['r1', 'daily'],
        ['r2', 'weekly'],
      ] as const) {
        await runs.start({ id, definitionId });
        await new Promise((resolve) => setTimeout(resolve, 5));
      }

      expect((await runs.list(undefined, undefined))?.runs.map(({ id }) => id)).toEqual(['r2', 'r1']);
    });

    it('lists nothing from a cursor that it has not given out', async () => {
      await runs.start({ id: 'r1', definitionId: 'daily' });

      expect(await runs.list('daily', 'forged')).toBeUndefined();
    });
  });
}
