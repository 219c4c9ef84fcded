import { keepsSeveral, keepWrites } from '#shared/traits/keep-writes.ts';
import { type Said, storedOf } from '#shared/traits/trait.ts';
import type { TraitRules } from '#shared/traits/trait-definition.ts';
import type { Person } from './activity.ts';
import { type PersonTraits, personTraits, traitSaid } from './merge-traits.ts';
import type { Parts } from './unmerge-counts.ts';

type NamedSaid = readonly [name: string, said: Said];

/**
 * What a survivor says without those who are gone, as it is stored: of each trait what its rule keeps
 * of what the survivor, and those whom they keep, said before or say now. A value that the survivor
 * said again is theirs, whoever said it first; one that was pushed out in the meantime is not known
 * any more.
 */
export function separateTraits(
  { now, own: [before, ...mixed], kept, gone }: Parts,
  rules: TraitRules,
): PersonTraits {
  const taken = new Set(gone.flatMap(saidBy).map(stampOf));
  const rest = [now, ...mixed].flatMap(saidBy).filter((said) => !taken.has(stampOf(said)));
  const left = Map.groupBy([...[before, ...kept].flatMap(saidBy), ...rest], ([name]) => name);
  const stored = [...left].flatMap(([name, said]) => {
    const rule = rules.get(name);
    const keep = keepWrites(
      said.map(([, one]) => one),
      rule,
    );
    return keep.length === 0 ? [] : [[name, storedOf(keep, keepsSeveral(rule))] as const];
  });
  return personTraits(Object.fromEntries(stored));
}

/** The traits of which the survivor says what none of these people brought: said since they were merged. */
export function traitsSaidSince({ now, own, kept, gone }: Parts): readonly string[] {
  const known = new Set([...own, ...kept, ...gone].flatMap(saidBy).map(stampOf));
  return [
    ...new Set(
      saidBy(now)
        .filter((said) => !known.has(stampOf(said)))
        .map(([name]) => name),
    ),
  ];
}

const saidBy = (person: Person): readonly NamedSaid[] =>
  Object.keys(person.profile.traits).flatMap((name) =>
    traitSaid(person, name).map((said) => [name, said] as const),
  );

/** Equal for two copies of one write. */
const stampOf = ([name, { last }]: NamedSaid): string => `${name}\n${last.join(' ')}`;
