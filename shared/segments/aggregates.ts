import type { Aggregate } from '#shared/computed/aggregate.ts';
import type { Condition } from './condition.ts';
import { planCompare, planEvent, planReturned, planSequence } from './event-plan.ts';

/**
 * All that a condition counts of people's events, whether something must be kept for it or not. What
 * segments and computed traits count that it refers to is theirs.
 */
export function aggregatesOf(condition: Condition, timeZone: string): readonly Aggregate[] {
  const { all, any, not, event, sequence, returned, compare } = condition;
  const parts = all ?? any ?? (not === undefined ? [] : [not]);
  if (event !== undefined) return [planEvent(event, timeZone).aggregate];
  if (sequence !== undefined) return Object.values(planSequence(sequence));
  if (returned !== undefined) return [planReturned(returned)];
  if (compare !== undefined) {
    const { last, other } = planCompare(compare);
    return [last, other];
  }
  return parts.flatMap((part) => aggregatesOf(part, timeZone));
}
