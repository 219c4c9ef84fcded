import { own } from '#shared/kernel/own.ts';
import { keepWrites } from '#shared/traits/keep-writes.ts';
import type { TraitWrite } from '#shared/traits/trait.ts';
import type { TraitRules } from '#shared/traits/trait-definition.ts';
import { valueByRule } from '#shared/traits/trait-value.ts';
import type { Person } from './activity.ts';
import { traitSaid } from './merge-traits.ts';

/**
 * Makes the function that reads a trait of people, by its rule: `undefined` where there is none, or
 * it was taken away. What wants a trait's value asks here and nowhere else.
 */
export function traitValue(name: string, rules: TraitRules): (person: Person) => unknown {
  const rule = rules.get(name);
  const ofAny = ({ profile, activity }: Person): unknown =>
    valueByRule(own(profile.traits, name), { rule, affirmed: own(activity.affirmed, name) });
  if (rule?.strategy === 'union') return ofAny;
  return (person) => {
    // What every object inherits has no value
    const trait = person.profile.traits[name];
    if (trait === undefined) return undefined;
    // By far the most: one write, of which every such rule makes its own value
    return Array.isArray(trait) ? ofAny(person) : (trait.value ?? undefined);
  };
}

/** A trait's value with the writes that it is made of, the one that decides it first. */
export function saidByTrait(
  person: Person,
  name: string,
  rules: TraitRules,
): { readonly value: unknown; readonly writes: readonly TraitWrite[] } {
  const kept = keepWrites(traitSaid(person, name), rules.get(name));
  return {
    value: traitValue(name, rules)(person),
    writes: kept.map(({ write }) => write).filter(({ value }) => value !== null),
  };
}

/** All traits that a person has, by name. */
export function traitValues(person: Person, rules: TraitRules): Record<string, unknown> {
  const values = Object.keys(person.profile.traits).map(
    (name) => [name, traitValue(name, rules)(person)] as const,
  );
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}
