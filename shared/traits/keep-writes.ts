import { assertUnreachable } from '#shared/kernel/assert-unreachable.ts';
import { compareJson, stableJson } from './json-order.ts';
import { compareSaid, compareStamps, type Said } from './trait.ts';
import { DEFAULT_UNION_LIMIT, type TraitDefinition } from './trait-definition.ts';

/**
 * Selects the writes of a trait that its value, now or after any further writes, can depend on.
 *
 * `keep(keep(A) ∪ B) = keep(A ∪ B)`, so that `keep(A ∪ B)` is a join of A and B: commutative,
 * associative and idempotent, whatever the order, the batches and the merges that brought them.
 * Writes of one register that say the same are one, said when the later was said: the one that
 * stands first in the list.
 *
 * @returns in the order of the strategy, and none for writes that say nothing.
 */
export function keepWrites(said: readonly Said[], rule: TraitDefinition | undefined): readonly Said[] {
  if (rule === undefined) return keepLatest(said, oneRegister);
  switch (rule.strategy) {
    case 'latest':
      return keepLatest(said, oneRegister);
    case 'first':
      return pick(said, (a, b) => compareSaid(a, b) < 0);
    case 'max':
      return pick(said, (a, b) => (compareJson(a.write.value, b.write.value) || -compareSaid(a, b)) > 0);
    case 'min':
      return pick(said, (a, b) => (compareJson(a.write.value, b.write.value) || compareSaid(a, b)) < 0);
    case 'union':
      return keepUnion(said, rule.limit ?? DEFAULT_UNION_LIMIT);
    case 'mostTrustedSource':
      return keepLatest(said, ({ write }) => placeOf(write.source, rule));
    default:
      return assertUnreachable(rule.strategy);
  }
}

/** The one write that none is better than; a `null` says nothing. */
function pick(said: readonly Said[], isBetter: (a: Said, b: Said) => boolean): readonly Said[] {
  let best: Said | undefined;
  for (const one of said) {
    if (one.write.value === null) continue;
    if (best === undefined || isBetter(one, best)) best = one;
  }
  return best === undefined ? [] : [best];
}

/** The latest write of each register. */
function keepLatest(said: readonly Said[], registerOf: (one: Said) => number): readonly Said[] {
  const registers = new Map<number, Said>();
  for (const one of said) {
    const register = registerOf(one);
    const other = registers.get(register);
    registers.set(register, other === undefined ? one : later(other, one));
  }
  return [...registers].sort(([a], [b]) => a - b).map(([, one]) => one);
}

const oneRegister = (): number => 0;

/** The later of two; where they say the same, `first`, said as late as that. */
function later(first: Said, second: Said): Said {
  const isLater = compareSaid(second, first) > 0;
  if (compareJson(first.write.value, second.write.value) !== 0) return isLater ? second : first;
  return isLater ? { write: first.write, last: second.last } : first;
}

/** The place of a source in a rule's ranking; those that are not in it share the last. */
export function placeOf(source: string, rule: TraitDefinition | undefined): number {
  const sources = rule?.sources ?? [];
  const place = sources.indexOf(source);
  return place === -1 ? sources.length : place;
}

/**
 * The latest `limit` distinct values said after the latest tombstone, and that. A list says each of
 * its entries. Which values are dropped follows from the writes alone, since each is dropped for
 * `limit` others that are later and can only become later still, or give way to a later tombstone.
 */
function keepUnion(said: readonly Said[], limit: number): readonly Said[] {
  const values = new Map<string, Said>();
  let cleared: Said | undefined;
  for (const one of said.flatMap(entriesOf)) {
    if (one.write.value === null) {
      cleared = cleared === undefined ? one : later(cleared, one);
      continue;
    }
    const key = stableJson(one.write.value);
    const other = values.get(key);
    values.set(key, other === undefined ? one : later(other, one));
  }
  const after = cleared?.last;
  const kept = [...values.values()]
    .filter(({ last }) => after === undefined || compareStamps(last, after) > 0)
    .sort((a, b) => compareSaid(b, a))
    .slice(0, limit);
  return cleared === undefined ? kept : [...kept, cleared];
}

/** The writes that a write of a list stands for. */
function entriesOf(one: Said): readonly Said[] {
  const { value } = one.write;
  if (!Array.isArray(value)) return [one];
  return entriesSaid(value).map((entry) => ({ write: { ...one.write, value: entry }, last: one.last }));
}

/** What a value says to a union: a list says each of its entries, however deep, a `null` among them nothing. */
export const entriesSaid = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value.flat(Infinity).filter((entry) => entry !== null) : [value];

/** Whether a trait of this rule is stored as a list of writes. */
export const keepsSeveral = (rule: TraitDefinition | undefined): boolean =>
  rule?.strategy === 'union' || rule?.strategy === 'mostTrustedSource';
