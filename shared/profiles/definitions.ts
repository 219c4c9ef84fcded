import type { IdentityRules } from '#shared/identity/rules.ts';
import type { TraitRules } from '#shared/traits/trait-definition.ts';
import type { Person } from './activity.ts';

/** What the catalog says of people, compiled, as of one version. */
export interface Definitions {
  readonly version: number;
  /** How people are recognised. */
  readonly identity: IdentityRules;
  /** How their traits are kept. */
  readonly traits: TraitRules;
  /** The segments that a person is in. */
  membership(person: Person): ReadonlySet<string>;
}

/** Where definitions come from; kept for a while in each container. */
export interface DefinitionsSource {
  /** Definitions of at least `version`: a person evaluated under newer ones is never set back by older. */
  current(version: number): Promise<Definitions>;
}
