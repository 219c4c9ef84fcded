import * as z from 'zod';
import type { EpochMs } from '#shared/events/event.ts';

/**
 * What became of an event, for the quality of its source's data:
 * - `accepted`: applied, and nothing was found wrong with it;
 * - `flagged`: applied, although it is not as its source's tracking plan says;
 * - `dropped`: rightly ignored, by the source's own rules;
 * - `quarantined`: not applied, and kept;
 * - `redriven`: applied after it had been set aside, which it stays counted as too.
 */
export const QualityOutcome = z.enum(['accepted', 'flagged', 'dropped', 'quarantined', 'redriven']);
export type QualityOutcome = z.infer<typeof QualityOutcome>;

/** How many events of a source had one outcome. */
export interface QualityCount {
  readonly source: string;
  /** When they were received. */
  readonly at: EpochMs;
  /** As {@link countedName} names them. */
  readonly event: string;
  readonly outcome: QualityOutcome;
  /** Why they were dropped or quarantined. */
  readonly reason?: string | undefined;
  /** What its tracking plan found wrong, where they were flagged or quarantined for it. */
  readonly violations?: readonly string[] | undefined;
  readonly count: number;
}

/** What a number counts: events that came to something, or how often a plan found something wrong with one. */
export const QualityKind = z.enum([...QualityOutcome.options, 'violation']);
export type QualityKind = z.infer<typeof QualityKind>;

/** What one of the numbers of an hour is of. */
export interface QualityCell {
  readonly event: string;
  readonly kind: QualityKind;
  /** Why, or what was found. */
  readonly reason?: string | undefined;
}

/** What is known of one hour of a source. */
export interface QualityHour {
  /** Its first millisecond. */
  readonly hour: EpochMs;
  readonly cells: readonly (QualityCell & { readonly count: number })[];
  /** When the last event was received that was applied; absent where none was. */
  readonly lastAt?: EpochMs | undefined;
}

/** Adds up what becomes of events, by source and hour of receipt. Tested in `test/contract/quality-counts.ts`. */
export interface QualityCounts {
  /**
   * Adds each once. It never throws, since no event fails for being counted: what could not be added is
   * logged, and counted as `QualityUncounted`.
   */
  add(counts: readonly QualityCount[]): Promise<void>;
}

/** Reads what {@link QualityCounts} has added. */
export interface QualityReader {
  /** The hours of a source of which anything is known, oldest first, from one hour to another. */
  hours(
    source: string,
    range: { readonly from: EpochMs; readonly to: EpochMs },
  ): Promise<readonly QualityHour[]>;

  /** When the last event of a source was received that was applied, looking back to `since`. */
  lastAt(source: string, since: EpochMs): Promise<EpochMs | undefined>;
}

export const HOUR_MS = 3_600_000;

/** The hour that a time is in. */
export const hourOf = (at: EpochMs): EpochMs => at - (at % HOUR_MS);

/** What numbers are to be raised, and by how much. */
export const cellsOf = ({
  event,
  outcome,
  reason,
  violations = [],
  count,
}: Omit<QualityCount, 'source' | 'at'>): QualityHour['cells'] => [
  { event, kind: outcome, reason, count },
  ...violations.map((found) => ({ event, kind: 'violation' as const, reason: found, count })),
];

/** How many numbers are kept for one hour of a source; what comes later is counted under {@link OTHER}. */
export const MAX_CELLS = 300;

/** Stands for names and reasons that are not told apart. */
export const OTHER = '…';

/** The number in place of one for which there is no more room: how much is wrong, and why, is still told. */
export const roomlessCell = ({ kind, reason }: QualityCell): QualityCell => ({
  event: OTHER,
  kind,
  reason: kind === 'violation' ? OTHER : reason,
});
