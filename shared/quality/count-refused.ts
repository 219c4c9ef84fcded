import type { EpochMs, EventType } from '#shared/events/event.ts';
import { countedName, countedText } from './counted-name.ts';
import type { QualityCount } from './quality-count.ts';

interface Refused {
  readonly reason: string;
  readonly details?: readonly string[] | undefined;
  readonly event: unknown;
}

/** What a step lets through no further. */
interface Step {
  readonly rejected: readonly Refused[];
  readonly dropped?: readonly Refused[];
}

/** Counts what a request's events came to that went no further, at each of the steps that it takes. */
export function countRefused(
  {
    source,
    at,
    type,
  }: {
    readonly source: string;
    readonly at: EpochMs;
    /** The call, where the route named it. */
    readonly type?: EventType | undefined;
  },
  steps: readonly Step[],
): readonly QualityCount[] {
  const count = (outcome: 'quarantined' | 'dropped', { reason, details, event }: Refused): QualityCount => ({
    source,
    at,
    event: countedName(event, type),
    outcome,
    reason: countedText(reason),
    violations: details?.map(countedText),
    count: 1,
  });
  return steps.flatMap(({ rejected, dropped = [] }) => [
    ...rejected.map((one) => count('quarantined', one)),
    ...dropped.map((one) => count('dropped', one)),
  ]);
}
