import type { EpochMs } from '#shared/events/event.ts';
import { compareTexts } from '#shared/kernel/compare-texts.ts';
import { type QualityHour, QualityOutcome } from './quality-count.ts';

/** How many events came to what. */
export interface QualityTotals extends Readonly<Record<QualityOutcome, number>> {
  /** All that came, each once: those that were redriven are among the quarantined. */
  readonly events: number;
  /** Those flagged and those quarantined. */
  readonly wrong: number;
  /** From 0 to 1, of all that came. */
  readonly shareWrong: number;
}

/** Why events were dropped or quarantined, the most frequent first. */
export interface QualityReason {
  readonly outcome: QualityOutcome;
  readonly reason: string;
  readonly count: number;
}

/** What tracking plans found wrong, the most frequent first: an event may have several. */
export interface QualityViolation {
  readonly violation: string;
  readonly count: number;
}

interface Why {
  readonly reasons: readonly QualityReason[];
  readonly violations: readonly QualityViolation[];
}

export interface QualitySummary extends Why {
  readonly totals: QualityTotals;
  /** By name, those of which most is wrong first. */
  readonly events: readonly ({ readonly event: string } & QualityTotals & Why)[];
  readonly hours: readonly ({ readonly hour: EpochMs } & QualityTotals)[];
}

type Cells = QualityHour['cells'];

/** Says how much of what came in some hours was wrong, and why. Several sources may have hours of one time. */
export function summariseQuality(hours: readonly QualityHour[]): QualitySummary {
  const cells = hours.flatMap((hour) => hour.cells);
  const events = [...Map.groupBy(cells, ({ event }) => event)]
    .map(([event, of]) => ({ event, ...totalsOf(of), ...whyOf(of) }))
    .toSorted((a, b) => b.wrong - a.wrong || b.events - a.events || compareTexts(a.event, b.event));
  const byHour = [...Map.groupBy(hours, ({ hour }) => hour)]
    .toSorted(([a], [b]) => a - b)
    .map(([hour, of]) => ({ hour, ...totalsOf(of.flatMap((one) => one.cells)) }));
  return { totals: totalsOf(cells), ...whyOf(cells), events, hours: byHour };
}

function totalsOf(cells: Cells): QualityTotals {
  const sum = (outcome: QualityOutcome): number => sumOf(cells.filter(({ kind }) => kind === outcome));
  const [accepted, flagged, dropped, quarantined] = [
    sum('accepted'),
    sum('flagged'),
    sum('dropped'),
    sum('quarantined'),
  ];
  const events = accepted + flagged + dropped + quarantined;
  const wrong = flagged + quarantined;
  const shareWrong = events === 0 ? 0 : Math.round((wrong / events) * 10_000) / 10_000;
  return { events, accepted, flagged, dropped, quarantined, redriven: sum('redriven'), wrong, shareWrong };
}

const whyOf = (cells: Cells): Why => ({
  reasons: QualityOutcome.options
    .flatMap((outcome) =>
      byReason(cells.filter(({ kind }) => kind === outcome)).map((why) => ({ outcome, ...why })),
    )
    .toSorted((a, b) => b.count - a.count || compareTexts(a.reason, b.reason)),
  violations: byReason(cells.filter(({ kind }) => kind === 'violation'))
    .map(({ reason: violation, count }) => ({ violation, count }))
    .toSorted((a, b) => b.count - a.count || compareTexts(a.violation, b.violation)),
});

const byReason = (cells: Cells): readonly { readonly reason: string; readonly count: number }[] =>
  [...Map.groupBy(cells, ({ reason }) => reason)].flatMap(([reason, of]) =>
    reason === undefined ? [] : [{ reason, count: sumOf(of) }],
  );

const sumOf = (cells: Cells): number => cells.reduce((sum, { count }) => sum + count, 0);
