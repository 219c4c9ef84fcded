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
 *
 * It costs no more for a person of a thousand identifiers than for one of ten, once they were counted:
 * whoever sends an event for each of a thousand must not make each of them dearer than the one before.
 */
export function brokenLimit(
  people: readonly Holder[],
  more: readonly string[],
  { limitOf }: Pick<IdentityRules, 'limitOf'>,
): 'limit' | 'too_large' | undefined {
  const counted = people.map((holder) => ({ holder, tally: tallyOf(holder) }));
  const [largest = NOBODY, ...others] = counted.sort((a, b) => b.tally.bytes - a.tally.bytes);
  const keys = [...others.flatMap(({ holder }) => keysOf(holder)), ...more];
  const added = tally(keys.filter((key) => !hasKey(largest.holder, key)));

  // Of what nothing is added, the largest has as many already
  for (const [type, count] of added.counts) {
    const together = count + countOf(largest, type);
    if (together > limitOf(type) && counted.every((one) => countOf(one, type) < together)) return 'limit';
  }
  return added.bytes > 0 && largest.tally.bytes + added.bytes > LIMITS.identifierBytes
    ? 'too_large'
    : undefined;
}

interface Tally {
  readonly counts: ReadonlyMap<string, number>;
  readonly bytes: number;
}

interface Counted {
  readonly holder: Holder;
  readonly tally: Tally;
}

const NOBODY: Counted = { holder: { identifiers: {} }, tally: { counts: new Map(), bytes: 0 } };

const countOf = ({ tally }: Counted, type: string): number => tally.counts.get(type) ?? 0;

const keysOf = ({ identifiers, claims = [] }: Holder): readonly string[] => [
  ...Object.keys(identifiers),
  ...claims,
];

/** Whether somebody has an identifier, or is about to. */
export const hasKey = ({ identifiers, claims }: Holder, key: string): boolean =>
  Object.hasOwn(identifiers, key) || (claims?.includes(key) ?? false);

const tallies = new WeakMap<Holder['identifiers'], Tally>();

function tallyOf({ identifiers, claims = [] }: Holder): Tally {
  const known = tallies.get(identifiers) ?? tally(Object.keys(identifiers));
  tallies.set(identifiers, known);
  return withKeys(
    known,
    claims.filter((key) => !Object.hasOwn(identifiers, key)),
  );
}

const tally = (keys: readonly string[]): Tally => withKeys({ counts: new Map(), bytes: 0 }, keys);

/** As it is with these keys too, none of which it counts already. */
function withKeys(before: Tally, keys: readonly string[]): Tally {
  if (keys.length === 0) return before;
  const counts = new Map(before.counts);
  let { bytes } = before;
  for (const key of new Set(keys)) {
    const type = typeOfKey(key);
    counts.set(type, (counts.get(type) ?? 0) + 1);
    bytes += jsonBytes(key) + LIMITS.identifierOverhead;
  }
  return { counts, bytes };
}
