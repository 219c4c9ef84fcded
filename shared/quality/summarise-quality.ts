import type { EpochMs } from '#shared/events/event.ts';
import { compareTexts } from '#shared/kernel/compare-texts.ts';
import { type QualityCell, type QualityHour, QualityOutcome } from './quality-count.ts';

/** How many events came to what. */
export interface QualityTotals extends Readonly<Record<QualityOutcome, number>> {
  /** All that came, each once: those that were redriven are among the quarantined. */
  readonly events: number;
  /** Those flagged and those quarantined. */
  readonly wrong: number;
  /** From 0 to 1, of all that came. */
  readonly shareWrong: number;
}

/** How often something was the reason: of flagged events, which may have several, each is counted. */
export interface QualityReason {
  readonly outcome: QualityOutcome;
  readonly reason: string;
  readonly count: number;
}

export interface QualitySummary {
  readonly totals: QualityTotals;
  /** The most frequent first. */
  readonly reasons: readonly QualityReason[];
  /** By name, those of which most is wrong first. */
  readonly events: readonly ({
    readonly event: string;
    readonly reasons: readonly QualityReason[];
  } & QualityTotals)[];
  readonly hours: readonly ({ readonly hour: EpochMs } & QualityTotals)[];
}

type Cells = QualityHour['cells'];

/** Says how much of what came in some hours was wrong, and why. Several sources may have hours of one time. */
export function summariseQuality(hours: readonly QualityHour[]): QualitySummary {
  const cells = hours.flatMap((hour) => hour.cells);
  const events = [...Map.groupBy(cells, ({ event }) => event)]
    .map(([event, of]) => ({ event, ...totalsOf(of), reasons: reasonsOf(of) }))
    .toSorted((a, b) => b.wrong - a.wrong || b.events - a.events || compareTexts(a.event, b.event));
  const byHour = [...Map.groupBy(hours, ({ hour }) => hour)]
    .toSorted(([a], [b]) => a - b)
    .map(([hour, of]) => ({ hour, ...totalsOf(of.flatMap((one) => one.cells)) }));
  return { totals: totalsOf(cells), reasons: reasonsOf(cells), events, hours: byHour };
}

/** A finding, which is not an event of its own. */
const isFinding = ({ outcome, reason }: QualityCell): boolean =>
  outcome === 'flagged' && reason !== undefined;

function totalsOf(cells: Cells): QualityTotals {
  const sum = (outcome: QualityOutcome): number =>
    cells.reduce((all, cell) => all + (cell.outcome === outcome && !isFinding(cell) ? cell.count : 0), 0);
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

const reasonsOf = (cells: Cells): readonly QualityReason[] =>
  QualityOutcome.options
    .flatMap((outcome) => {
      const because = cells.flatMap(({ reason, ...cell }) =>
        cell.outcome === outcome && reason !== undefined ? [{ reason, count: cell.count }] : [],
      );
      return [...Map.groupBy(because, ({ reason }) => reason)].map(([reason, of]) => ({
        outcome,
        reason,
        count: of.reduce((all, { count }) => all + count, 0),
      }));
    })
    .toSorted((a, b) => b.count - a.count || compareTexts(a.reason, b.reason));
