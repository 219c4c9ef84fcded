import { LIMITS } from '#shared/events/limits.ts';
import { own } from '#shared/kernel/own.ts';
import { keepsSeveral, keepWrites } from '#shared/traits/keep-writes.ts';
import { compareWrites, type Said, type StoredTrait, saidOf, storedOf } from '#shared/traits/trait.ts';
import type { TraitRules } from '#shared/traits/trait-definition.ts';
import type { Activity, Person } from './activity.ts';
import { leastNames } from './least-names.ts';
import type { Profile } from './profile.ts';

/** The traits of a person, and when their values were last said again. */
export interface PersonTraits {
  readonly traits: Profile['traits'];
  readonly affirmed: Activity['affirmed'];
}

/**
 * The traits of two people who are one: of each, what its rule keeps of the writes of both. A join,
 * as {@link keepWrites} is a selection; an affirmation goes with the write that it affirms.
 */
export function mergeTraits(a: Person, b: Person, rules: TraitRules): PersonTraits {
  const names = new Set([...Object.keys(a.profile.traits), ...Object.keys(b.profile.traits)]);
  const merged = [...names].flatMap((name) => {
    // The same whichever of the two is first: of writes that say the same the earlier stands
    const said = [...traitSaid(a, name), ...traitSaid(b, name)].sort(compareWrites);
    const kept = keepWrites(said, rules.get(name));
    return kept.length === 0 ? [] : [[name, storedOf(kept, keepsSeveral(rules.get(name)))] as const];
  });
  return personTraits(Object.fromEntries(merged));
}

/** What a person's trait says, as stored. */
export const traitSaid = ({ profile, activity }: Person, name: string): readonly Said[] =>
  saidOf(own(profile.traits, name), own(activity.affirmed, name));

/** Bounds traits, and parts what goes into the profile from what is kept beside the activity. */
export function personTraits(stored: Readonly<Record<string, StoredTrait>>): PersonTraits {
  const kept = Object.entries(leastNames(stored, LIMITS.traitCount));
  return {
    traits: Object.fromEntries(kept.map(([name, { trait }]) => [name, trait])),
    affirmed: Object.fromEntries(
      kept.flatMap(([name, { affirmed }]) => (affirmed === undefined ? [] : [[name, affirmed]])),
    ),
  };
}
