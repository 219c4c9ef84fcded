import { LIMITS } from '#shared/events/limits.ts';
import { jsonBytes } from '#shared/kernel/utf8-bytes.ts';
import { typeOfKey } from './identifier.ts';
import type { IdentityRules } from './rules.ts';

/**
 * Which limit people would break together as one person, if any, who would get `more` identifiers.
 *
 * What one of them exceeds already, as where a limit was lowered since, is held against nobody: only
 * more of it is.
 *
 * @param people the keys of each.
 */
export function brokenLimit(
  people: readonly (readonly string[])[],
  more: readonly string[],
  { limitOf }: Pick<IdentityRules, 'limitOf'>,
): 'limit' | 'too_large' | undefined {
  const together = tally([...people.flat(), ...more]);
  const over = [...together.counts].filter(([type, count]) => count > limitOf(type));
  if (over.length === 0 && together.bytes <= LIMITS.identifierBytes) return undefined;

  const before = people.map(tally);
  if (over.some(([type, count]) => before.every(({ counts }) => (counts.get(type) ?? 0) < count)))
    return 'limit';
  const isLarger =
    together.bytes > LIMITS.identifierBytes && before.every(({ bytes }) => bytes < together.bytes);
  return isLarger ? 'too_large' : undefined;
}

function tally(keys: readonly string[]) {
  const counts = new Map<string, number>();
  let bytes = 0;
  for (const key of new Set(keys)) {
    const type = typeOfKey(key);
    counts.set(type, (counts.get(type) ?? 0) + 1);
    bytes += jsonBytes(key) + LIMITS.identifierOverhead;
  }
  return { counts, bytes };
}
