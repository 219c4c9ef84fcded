import type { ComputedRules } from '#shared/computed/computed-rules.ts';
import type { EpochMs } from '#shared/events/event.ts';
import type { IdentityRules } from '#shared/identity/rules.ts';
import type { TraitRules } from '#shared/traits/trait-definition.ts';
import type { Person } from './activity.ts';

/** What the catalog says of people, compiled, as of one version. */
export interface Definitions {
  readonly version: number;
  /** The ids of the segments that there are, those of stages of the life cycle included. */
  readonly segmentIds: readonly string[];
  /** How people are recognised. */
  readonly identity: IdentityRules;
  /** How their traits are kept. */
  readonly traits: TraitRules;
  /** Where their days begin and end: `Europe/Paris`. */
  readonly timeZone: string;
  /** What is counted of their events. */
  readonly computed: ComputedRules;
  /**
   * Who a person is now. With the person as last evaluated only what has changed since is looked at, as
   * long as the definitions are the same and no deadline has passed; it gives what a look at everything gives.
   */
  evaluate(person: Person, now: EpochMs, before?: Person): Evaluation;
  /** Whether one segment holds a person, whatever becomes of the others; none holds anybody that there is not. */
  isMember(segment: string, person: Person, now: EpochMs): boolean;
  /** Why a person is in a segment, or not; `undefined` where there is no such segment. */
  explain(segment: string, person: Person, now: EpochMs): Explanation | undefined;
}

/** What definitions come to for one person at one time. */
export interface Evaluation {
  /** The ids of the segments that the person is in. */
  readonly members: ReadonlySet<string>;
  /** Before it the answer cannot change without an event; absent where it never can. */
  readonly nextChange?: EpochMs;
}

/** A condition as it is of one person at one time, and the conditions that it is made of. */
export interface Explanation {
  /** The kind of condition. */
  readonly kind: string;
  /** What it asks, as the definition says it; absent where the parts say it. */
  readonly asks?: unknown;
  readonly holds: boolean | 'unknown';
  /** What it looked at, as it was found. */
  readonly saw?: unknown;
  /** When it could change without an event; absent where it cannot. */
  readonly nextChange?: EpochMs;
  /** What happened before this time was not counted; absent where everything was. */
  readonly countedSince?: EpochMs;
  readonly parts?: readonly Explanation[];
}

/** Where definitions come from; kept for a while in each container. */
export interface DefinitionsSource {
  /** Definitions of at least `version`: a person evaluated under newer ones is never set back by older. */
  current(version: number): Promise<Definitions>;
}
