import { compareJson } from './json-order.ts';
import { keepWrites } from './keep-writes.ts';
import { type Affirmed, saidOf, type Trait } from './trait.ts';
import type { TraitDefinition } from './trait-definition.ts';

/**
 * The value of a trait as its rule makes it of what is stored, whatever rule that was stored under;
 * `undefined` where there is none.
 */
export function valueByRule(
  trait: Trait | undefined,
  { rule, affirmed }: { readonly rule: TraitDefinition | undefined; readonly affirmed: Affirmed | undefined },
): unknown {
  if (trait === undefined) return undefined;
  // By far the most: one write, of which every such rule makes its own value
  if (!Array.isArray(trait) && rule?.strategy !== 'union') return trait.value ?? undefined;
  const values = keepWrites(saidOf(trait, affirmed), rule).map(({ write }) => write.value ?? undefined);
  const there = values.filter((value) => value !== undefined);
  if (rule?.strategy === 'union') return there.length === 0 ? undefined : there.sort(compareJson);
  return there[0];
}
