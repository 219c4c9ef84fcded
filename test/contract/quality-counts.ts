import { beforeEach, describe, expect, it } from 'vitest';
import {
  HOUR_MS,
  MAX_CELLS,
  OTHER,
  type QualityCount,
  type QualityCounts,
  type QualityHour,
  type QualityReader,
} from '#shared/quality/quality-count.ts';

const TEN = Date.UTC(2026, 10, 22, 10);

const accepted = (event: string, more: Partial<QualityCount> = {}): QualityCount => ({
  source: 'shop',
  at: TEN,
  event,
  outcome: 'accepted',
  count: 1,
  ...more,
});

/** Numbers of an hour by their names, since they have no order. */
const numbers = ({ cells }: Pick<QualityHour, 'cells'>): Record<string, number> =>
  Object.fromEntries(
    cells.map(({ event, kind, reason, count }) => [
      [kind, event, reason].filter((part) => part !== undefined).join(' '),
      count,
    ]),
  );

/** What counting must do, for who adds and for who reads: run by each one's own test. */
export function qualityContract(name: string, create: () => Promise<QualityCounts & QualityReader>): void {
  describe(`${name} keeps the contract of counts`, () => {
    let quality: QualityCounts & QualityReader;
    beforeEach(async () => {
      quality = await create();
    });
    const ofDay = (source = 'shop') =>
      quality.hours(source, { from: TEN - 10 * HOUR_MS, to: TEN + 10 * HOUR_MS });

    it('knows nothing of what was never counted', async () => {
      await quality.add([]);

      expect(await ofDay()).toEqual([]);
      expect(await quality.lastAt('shop', 0)).toBeUndefined();
    });

    it('adds up by event, outcome and reason', async () => {
      const flagged = {
        outcome: 'flagged',
        violations: ['type /properties/total', 'unplanned_event'],
      } as const;
      const refused = { outcome: 'quarantined', reason: 'no_event_name' } as const;

      await quality.add([
        accepted('Order Completed', { count: 2 }),
        accepted('Order Completed'),
        accepted('Order Completed', flagged),
        accepted('Order Completed', { ...flagged, violations: ['unplanned_event'], count: 3 }),
      ]);
      await quality.add([
        accepted('Order Completed', { count: 4 }),
        accepted('track', { ...refused, violations: ['required /properties/a'] }),
        accepted('track', { ...refused, count: 2 }),
        accepted('Viewed', { outcome: 'dropped', reason: 'event_denied' }),
        accepted('track', { outcome: 'redriven' }),
      ]);

      const [hour, ...more] = await ofDay();
      expect(more).toEqual([]);
      expect(hour?.hour).toBe(TEN);
      expect(numbers(hour ?? { cells: [] })).toEqual({
        'accepted Order Completed': 7,
        'flagged Order Completed': 4,
        'violation Order Completed type /properties/total': 1,
        'violation Order Completed unplanned_event': 4,
        'violation track required /properties/a': 1,
        'quarantined track no_event_name': 3,
        'dropped Viewed event_denied': 1,
        'redriven track': 1,
      });
    });

    it('keeps sources and hours of receipt apart, and gives the hours that are asked for', async () => {
      await quality.add([
        accepted('a', { at: TEN + HOUR_MS - 1 }),
        accepted('a', { at: TEN + HOUR_MS, count: 2 }),
        accepted('a', { at: TEN - 1, count: 3 }),
        accepted('a', { source: 'shop-2', count: 5 }),
      ]);

      const found = await quality.hours('shop', { from: TEN + 5, to: TEN + HOUR_MS });

      expect(found.map(({ hour, ...of }) => [hour, numbers(of)])).toEqual([
        [TEN, { 'accepted a': 1 }],
        [TEN + HOUR_MS, { 'accepted a': 2 }],
      ]);
      expect((await ofDay()).map(({ hour }) => hour)).toEqual([TEN - HOUR_MS, TEN, TEN + HOUR_MS]);
      expect((await ofDay('shop-2')).map(numbers)).toEqual([{ 'accepted a': 5 }]);
      expect(await ofDay('sho')).toEqual([]);
    });

    it('knows when the last event was received that was applied', async () => {
      await quality.add([accepted('a', { at: TEN + 7 }), accepted('a', { at: TEN + 3, outcome: 'flagged' })]);
      await quality.add([accepted('a', { at: TEN + 9, outcome: 'quarantined', reason: 'given_up' })]);
      await quality.add([accepted('a', { at: TEN + HOUR_MS, outcome: 'redriven' })]);

      expect(await quality.lastAt('shop', TEN)).toBe(TEN + 7);
      expect(await quality.lastAt('shop', TEN + HOUR_MS)).toBeUndefined();
      expect((await ofDay()).map(({ lastAt }) => lastAt)).toEqual([TEN + 7, undefined]);
    });

    it(`tells ${MAX_CELLS} numbers of an hour apart, and counts the rest all the same`, async () => {
      const names = Array.from({ length: MAX_CELLS }, (_, n) => `Event ${n}`);
      for (const name of names) await quality.add([accepted(name)]);

      await quality.add([
        accepted('One more'),
        accepted('Another'),
        accepted('Event 7'),
        accepted('Another', { outcome: 'flagged', violations: ['unplanned_event', 'type /properties/a'] }),
        accepted('Another', { outcome: 'quarantined', reason: 'no_event_name' }),
      ]);

      const [hour] = await ofDay();
      const all = numbers(hour ?? { cells: [] });
      expect(all).toMatchObject({
        'accepted Event 7': 2,
        'accepted Event 299': 1,
        [`accepted ${OTHER}`]: 2,
        [`flagged ${OTHER}`]: 1,
        [`violation ${OTHER} ${OTHER}`]: 2,
        [`quarantined ${OTHER} no_event_name`]: 1,
      });
      expect(Object.keys(all)).toHaveLength(MAX_CELLS + 4);
    });
  });
}
