import { beforeEach, describe, expect, it } from 'vitest';
import type { SegmentSizes } from '#shared/segments/segment-sizes.ts';

const DAY_MS = 86_400_000;
const NOON = Date.UTC(2026, 10, 22, 12);

/** What every keeper of sizes must do: run by each one's own test. */
export function segmentSizesContract(name: string, create: () => Promise<SegmentSizes>): void {
  describe(`${name} keeps the contract of sizes`, () => {
    let sizes: SegmentSizes;
    beforeEach(async () => {
      sizes = await create();
    });

    it('knows nothing of what was never counted', async () => {
      expect(await sizes.latest()).toEqual(new Map());
      expect(await sizes.history('loyal', 10)).toEqual([]);
    });

    it('keeps the last count of each day, latest first', async () => {
      for (const [day, size] of [5, 7, 9].entries()) {
        await sizes.keep('loyal', { at: NOON + day * DAY_MS, size });
      }
      await sizes.keep('loyal', { at: NOON + 2 * DAY_MS + 1, size: 8 });
      await sizes.keep('loyal2', { at: NOON, size: 1 });

      expect(await sizes.history('loyal', 2)).toEqual([
        { at: NOON + 2 * DAY_MS + 1, size: 8 },
        { at: NOON + DAY_MS, size: 7 },
      ]);
      expect(await sizes.history('loyal', 100)).toHaveLength(3);
      expect(await sizes.latest()).toEqual(
        new Map([
          ['loyal', { at: NOON + 2 * DAY_MS + 1, size: 8 }],
          ['loyal2', { at: NOON, size: 1 }],
        ]),
      );
    });

    it('forgets a segment that is gone, but not what it was', async () => {
      await sizes.keep('loyal', { at: NOON, size: 5 });

      await sizes.forget('loyal');
      await sizes.forget('never');

      expect(await sizes.latest()).toEqual(new Map());
      expect(await sizes.history('loyal', 10)).toEqual([{ at: NOON, size: 5 }]);
    });
  });
}
