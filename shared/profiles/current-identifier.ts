import {
  type Identifier,
  type IdentifierType,
  identifierOf,
  typeOfKey,
} from '#shared/identity/identifier.ts';
import { normalIdentifier } from '#shared/identity/normal-form.ts';
import { compareTexts } from '#shared/kernel/compare-texts.ts';
import type { TraitRules } from '#shared/traits/trait-definition.ts';
import type { Person } from './activity.ts';
import type { Link, Profile } from './profile.ts';
import { traitValue } from './trait-value.ts';

/** What a person may be written to at, or is known by, with the event that first said it. */
export const addressesOf = (
  { identifiers, contacts }: Profile,
  types: readonly string[],
): readonly (readonly [key: string, link: Link])[] =>
  Object.entries({ ...contacts, ...identifiers }).filter(([key]) => types.includes(typeOfKey(key)));

export interface IdentifierOptions {
  readonly traits: TraitRules;
  /** Leaves out those that may not be used. */
  readonly isOpen: (key: string) => boolean;
}

/**
 * The one of a person's identifiers and contact points of some types that is theirs now: the one that
 * their trait of that name says, or else the one linked last. An address that they went back to was
 * linked long ago.
 *
 * @returns its value, or `undefined` when there is none.
 */
export function currentIdentifier(
  person: Person,
  types: readonly IdentifierType[],
  { traits, isOpen }: IdentifierOptions,
): string | undefined {
  const isSaid = (key: string): boolean => {
    const { type, value } = identifierOf(key);
    const said = traitValue(type, traits)(person);
    const texts = Array.isArray(said) ? said : [said];
    return texts.some((text) => typeof text === 'string' && isSpelling(text, { type, value }));
  };
  const candidates = addressesOf(person.profile, types)
    .filter(([key]) => isOpen(key))
    .map(([key, { at, id }]) => ({ key, at, id, isSaid: isSaid(key) }));
  const [first] = candidates.sort(
    (a, b) =>
      Number(b.isSaid) - Number(a.isSaid) ||
      b.at - a.at ||
      compareTexts(b.id, a.id) ||
      compareTexts(a.key, b.key),
  );
  return first === undefined ? undefined : identifierOf(first.key).value;
}

/** Whether a text is an identifier in another spelling, by the rules of providers too: it may have been read by them. */
const isSpelling = (text: string, { type, value }: Identifier): boolean =>
  [false, true].some(
    (emailProviderRules) => normalIdentifier(type, text, { emailProviderRules })?.value === value,
  );
