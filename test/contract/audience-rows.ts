import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { Pid } from '#shared/events/event.ts';
import { AUDIENCE_SHARDS, type AudienceRows, type StoredRow } from '#shared/segments/audience-rows.ts';

/** What every keeper of audience rows must do: run by each one's own test, in memory and on DynamoDB. */
export function audienceRowsContract(name: string, create: () => Promise<AudienceRows>): void {
  describe(`${name} keeps the contract of audience rows`, () => {
    let rows: AudienceRows;
    beforeEach(async () => {
      rows = await create();
    });

    const row = (pid: string, n: number, segment = 'vip') => ({ segment, pid: Pid.parse(pid), n, at: n });

    it('counts who is in, segment by segment', async () => {
      for (let i = 0; i < 40; i++) await rows.enter(row(`p${i}`, 1));
      await rows.enter(row('p0', 1, 'vip2'));
      await rows.leave(row('p3', 2));

      expect(await rows.size('vip')).toBe(39);
      expect(await rows.size('vip2')).toBe(1);
      expect(await rows.size('nobody')).toBe(0);
    });

    const rowsOf = async (segment: string): Promise<readonly StoredRow[]> => {
      const found: StoredRow[] = [];
      for (let shard = 0; shard < AUDIENCE_SHARDS; shard++) {
        for await (const page of rows.rowsOf(segment, shard)) found.push(...page);
      }
      return found.toSorted((a, b) => (a.pid < b.pid ? -1 : 1));
    };

    it('gives the rows of a segment, each in one shard', async () => {
      for (let i = 0; i < 40; i++) await rows.enter(row(`p${i}`, 1));
      await rows.enter(row('p0', 1, 'vip2'));
      await rows.leave(row('p3', 2));

      const found = await rowsOf('vip');

      expect(found).toHaveLength(40);
      expect(found.filter(({ isIn }) => !isIn)).toEqual([{ pid: 'p3', n: 2, isIn: false }]);
      expect(await rowsOf('vip2')).toEqual([{ pid: 'p0', n: 1, isIn: true }]);
    });

    it('notes once when a row was first suspected, until a transition changes it', async () => {
      await rows.enter(row('ada', 3));

      await rows.suspect({ ...row('ada', 2), at: 40 });
      expect(await rowsOf('vip')).toEqual([{ pid: 'ada', n: 3, isIn: true }]);
      await rows.suspect({ ...row('ada', 3), at: 50 });
      await rows.suspect({ ...row('ada', 3), at: 60 });
      expect(await rowsOf('vip')).toEqual([{ pid: 'ada', n: 3, isIn: true, suspectedAt: 50 }]);
      expect(await rows.size('vip')).toBe(1);

      await rows.enter(row('ada', 4));
      expect(await rowsOf('vip')).toEqual([{ pid: 'ada', n: 4, isIn: true }]);
    });

    it('lets who has left enter again', async () => {
      await rows.enter(row('ada', 1));
      await rows.leave(row('ada', 2));
      await rows.enter(row('ada', 5));

      expect(await rows.size('vip')).toBe(1);
    });

    it('ends as the latest transition says, in whatever order and however often they come', async () => {
      let run = 0;
      const transitions = fc.uniqueArray(fc.record({ n: fc.nat(6), leaves: fc.boolean() }), {
        selector: ({ n }) => n,
        minLength: 1,
        maxLength: 4,
      });
      const deliveries = transitions.chain((all) =>
        fc.record({
          latest: fc.constant(all.toSorted((a, b) => a.n - b.n).at(-1)),
          delivered: fc
            .shuffledSubarray([...all, ...all], { minLength: 0 })
            .map((some) => [...some, ...all.filter((one) => !some.includes(one))]),
        }),
      );

      await fc.assert(
        fc.asyncProperty(deliveries, async ({ latest, delivered }) => {
          run += 1;
          for (const { n, leaves } of delivered) {
            await (leaves ? rows.leave(row('ada', n, `s${run}`)) : rows.enter(row('ada', n, `s${run}`)));
          }

          expect(await rows.size(`s${run}`)).toBe(latest?.leaves ? 0 : 1);
        }),
        { numRuns: 30 },
      );
    });
  });
}
