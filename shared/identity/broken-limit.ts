import { LIMITS } from '#shared/events/limits.ts';
import { jsonBytes } from '#shared/kernel/utf8-bytes.ts';
import { typeOfKey } from './identifier.ts';
import type { IdentityRules } from './rules.ts';

/** Somebody with identifiers, and with those that are about to be theirs. */
export interface Holder {
  /** By key, never written to. */
  readonly identifiers: Readonly<Record<string, unknown>>;
  readonly claims?: readonly string[];
}

/**
 * Which limit people would break together as one person, if any, who would get `more` identifiers.
 *
 * What one of them exceeds already, as where a limit was lowered since, is held against nobody: only
 * more of it is.
 */
export function brokenLimit(
  people: readonly Holder[],
  more: readonly string[],
  { limitOf }: Pick<IdentityRules, 'limitOf'>,
): 'limit' | 'too_large' | undefined {
  const [first = NOBODY, ...others] = people;
  const theirs = others.length === 0 ? more : new Set([...others.flatMap(keysOf), ...more]);
  const added: string[] = [];
  for (const key of theirs) if (!hasKey(first, key)) added.push(key);

  // Of a type of which nothing is added, the first has as many already
  for (const type of typesOf(added)) {
    const together = countOf(added, type) + countOf(keysOf(first), type);
    if (together <= limitOf(type)) continue;
    if (people.every((one) => countOf(keysOf(one), type) < together)) return 'limit';
  }
  return isTooLarge([...keysOf(first), ...added], people) ? 'too_large' : undefined;
}

const NOBODY: Holder = { identifiers: {} };

/** Whether somebody has an identifier, or is about to. */
export const hasKey = ({ identifiers, claims }: Holder, key: string): boolean =>
  Object.hasOwn(identifiers, key) || (claims?.includes(key) ?? false);

/** Each once. */
function keysOf({ identifiers, claims = [] }: Holder): readonly string[] {
  const keys = Object.keys(identifiers);
  for (const key of claims) if (!Object.hasOwn(identifiers, key)) keys.push(key);
  return keys;
}

function typesOf(keys: readonly string[]): readonly string[] {
  const types: string[] = [];
  for (const key of keys) if (!types.some((type) => isOfType(key, type))) types.push(typeOfKey(key));
  return types;
}

const isOfType = (key: string, type: string): boolean => key.startsWith(type) && key[type.length] === '#';

function countOf(keys: readonly string[], type: string): number {
  let count = 0;
  for (const key of keys) count += Number(isOfType(key, type));
  return count;
}

/** Whether these are more bytes than a person may have, and than each of some people has alone. */
function isTooLarge(keys: readonly string[], people: readonly Holder[]): boolean {
  // A UTF-16 unit becomes six bytes of JSON at most, so that most people's need not be counted
  const atMost = keys.reduce((sum, key) => sum + key.length * 6 + LIMITS.identifierOverhead, 0);
  if (atMost <= LIMITS.identifierBytes) return false;
  const bytes = bytesOf(keys);
  return bytes > LIMITS.identifierBytes && people.every((one) => bytesOf(keysOf(one)) < bytes);
}

const bytesOf = (keys: readonly string[]): number =>
  keys.reduce((sum, key) => sum + jsonBytes(key) + LIMITS.identifierOverhead, 0);
