import type { Person } from './activity.ts';

/** The catalog's segments, compiled, as of one version. */
export interface Definitions {
  readonly version: number;
  /** The segments that a person is in. */
  membership(person: Person): ReadonlySet<string>;
}

/** Where definitions come from; kept for a while in each container. */
export interface DefinitionsSource {
  /** Definitions of at least `version`: a person evaluated under newer ones is never set back by older. */
  current(version: number): Promise<Definitions>;
}
