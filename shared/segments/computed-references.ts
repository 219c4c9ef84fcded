import type { Condition } from './condition.ts';

/** The ids of the computed traits that a condition asks for. */
export function computedTraitsOf({ all, any, not, computed }: Condition): readonly string[] {
  if (computed !== undefined) return [computed.name];
  const parts = all ?? any ?? (not === undefined ? [] : [not]);
  return [...new Set(parts.flatMap(computedTraitsOf))];
}
