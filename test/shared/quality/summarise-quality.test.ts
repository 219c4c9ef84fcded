import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOUR_MS, type QualityHour, QualityKind } from '#shared/quality/quality-count.ts';
import { summariseQuality } from '#shared/quality/summarise-quality.ts';

const cell = (
  kind: QualityHour['cells'][number]['kind'],
  event: string,
  count: number,
  reason?: string,
): QualityHour['cells'][number] => ({ kind, event, count, reason });

describe('summariseQuality', () => {
  it('says how much is wrong, why, of which events and when', () => {
    const hours: QualityHour[] = [
      {
        hour: HOUR_MS,
        cells: [
          cell('accepted', 'Viewed', 70),
          cell('accepted', 'Order', 5),
          cell('flagged', 'Order', 10),
          cell('violation', 'Order', 10, 'type /properties/total'),
          cell('violation', 'Order', 4, 'unplanned_property /properties/foo'),
          cell('redriven', 'Order', 2),
        ],
      },
      {
        hour: 0,
        cells: [
          cell('quarantined', 'Order', 5, 'plan_violation'),
          cell('quarantined', 'identify', 5, 'no_user_anon_id'),
          cell('dropped', 'Viewed', 5, 'event_denied'),
        ],
      },
    ];

    const summary = summariseQuality(hours);

    expect(summary.totals).toEqual({
      events: 100,
      accepted: 75,
      flagged: 10,
      dropped: 5,
      quarantined: 10,
      redriven: 2,
      wrong: 20,
      shareWrong: 0.2,
    });
    expect(summary.reasons).toEqual([
      { outcome: 'dropped', reason: 'event_denied', count: 5 },
      { outcome: 'quarantined', reason: 'no_user_anon_id', count: 5 },
      { outcome: 'quarantined', reason: 'plan_violation', count: 5 },
    ]);
    expect(summary.violations).toEqual([
      { violation: 'type /properties/total', count: 10 },
      { violation: 'unplanned_property /properties/foo', count: 4 },
    ]);
    expect(
      summary.events.map(({ event, wrong, shareWrong, reasons }) => [
        event,
        wrong,
        shareWrong,
        reasons.length,
      ]),
    ).toEqual([
      ['Order', 15, 0.75, 1],
      ['identify', 5, 1, 1],
      ['Viewed', 0, 0, 1],
    ]);
    expect(summary.hours.map(({ hour, events, wrong }) => [hour, events, wrong])).toEqual([
      [0, 15, 10],
      [HOUR_MS, 85, 10],
    ]);
  });

  it('adds what several sources have of one hour, and orders what is alike by name', () => {
    const one: QualityHour = { hour: 0, cells: [cell('accepted', 'b', 1), cell('accepted', 'a', 1)] };

    const { totals, hours, events } = summariseQuality([one, one]);

    expect(totals.events).toBe(4);
    expect(hours).toHaveLength(1);
    expect(events.map(({ event }) => event)).toEqual(['a', 'b']);
  });

  it('has no share where nothing came', () => {
    expect(summariseQuality([])).toMatchObject({
      totals: { events: 0, shareWrong: 0 },
      reasons: [],
      hours: [],
    });
  });

  it('rounds a share to a hundredth of a percent', () => {
    const hour = { hour: 0, cells: [cell('accepted', 'a', 2), cell('quarantined', 'a', 1, 'x')] };

    expect(summariseQuality([hour]).totals.shareWrong).toBe(0.3333);
  });

  it('counts each event once: its parts are the whole', () => {
    const cells = fc.array(
      fc.record({
        kind: fc.constantFrom(...QualityKind.options),
        event: fc.constantFrom('a', 'b'),
        reason: fc.constantFrom(undefined, 'x', 'y'),
        count: fc.integer({ min: 1, max: 9 }),
      }),
    );

    fc.assert(
      fc.property(fc.array(fc.record({ hour: fc.constantFrom(0, HOUR_MS), cells })), (hours) => {
        const { totals, events, hours: byHour } = summariseQuality(hours);
        for (const parts of [events, byHour]) {
          for (const name of ['events', 'accepted', 'wrong', 'redriven'] as const) {
            expect(parts.reduce((sum, part) => sum + part[name], 0)).toBe(totals[name]);
          }
        }
        expect(totals.accepted + totals.dropped + totals.wrong).toBe(totals.events);
      }),
    );
  });
});
