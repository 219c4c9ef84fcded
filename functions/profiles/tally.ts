import type { StreamRecord } from '#shared/events/stream-record.ts';
import type { BatchEvent } from '#shared/profiles/plan-batch.ts';
import { countedName, countedText } from '#shared/quality/counted-name.ts';
import type { QualityCount } from '#shared/quality/quality-count.ts';

/** Notes what becomes of events, for the quality of their source's data. */
export interface Tally {
  /** Of an event that is durable, or kept in quarantine with a reason. */
  note(
    event: BatchEvent,
    record: Pick<StreamRecord, 'person' | 'redrive' | 'uncounted'>,
    reason?: string,
  ): void;
}

export interface BatchTally extends Tally {
  /** What was noted since it was last taken. */
  take(): readonly QualityCount[];
}

/**
 * Gathers what became of a batch's events. It holds what was noted of keys that failed as well: what is
 * durable of theirs is not new when they come again, and counts nowhere then.
 */
export function batchTally(): BatchTally {
  let counts: QualityCount[] = [];
  return {
    note({ event: { source, receivedAt: at, collected } }, { person, redrive, uncounted }, reason) {
      const isCounted = redrive === true && uncounted !== true;
      // Feedback and the like are our own, and what comes again was counted when it was set aside
      if (person !== undefined || (isCounted && reason !== undefined)) return;
      const event = countedName(collected);
      const violations = reason === undefined && !isCounted ? (collected.violations ?? []) : [];
      const outcome = isCounted ? 'redriven' : outcomeOf(reason, violations);
      counts.push({
        ...{ source, at, event, outcome, count: 1 },
        reason: reason && countedText(reason),
        violations: violations.map(countedText),
      });
    },
    take() {
      const taken = counts;
      counts = [];
      return taken;
    },
  };
}

function outcomeOf(reason: string | undefined, violations: readonly string[]): QualityCount['outcome'] {
  if (reason !== undefined) return 'quarantined';
  return violations.length > 0 ? 'flagged' : 'accepted';
}
