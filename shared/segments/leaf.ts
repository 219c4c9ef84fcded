import type { ComputedRules } from '#shared/computed/computed-rules.ts';
import type { EpochMs } from '#shared/events/event.ts';
import type { Truth } from '#shared/kernel/truth.ts';
import type { Person } from '#shared/profiles/activity.ts';
import type { TraitRules } from '#shared/traits/trait-definition.ts';

/** Whether something holds of a person at a time. */
export type Test = (person: Person, now: EpochMs) => Truth;

/** The next time after `now` at which the answer could be another with no event; `undefined` where it never can. */
export type Next = (person: Person, now: EpochMs) => EpochMs | undefined;

/** A part of a person that conditions look at: an entry of one of their records, or one that stands by itself. */
export interface Field {
  readonly of: FieldKind;
  /** The entry; for identifiers and contacts their type, `''` for what is no record. */
  readonly name: string;
}

export const FIELD_KINDS = [
  'traits',
  'identifiers',
  'consents',
  'market',
  'brand',
  'events',
  'otherEvents',
  'sums',
  'computed',
  'firstSeenAt',
] as const;
export type FieldKind = (typeof FIELD_KINDS)[number];

/** A condition without conditions in it, compiled. */
export interface Leaf {
  readonly test: Test;
  /** Absent where time alone changes nothing. */
  readonly next?: Next;
  /** What it looks at, as it is found: for who asks why. */
  readonly saw: (person: Person, now: EpochMs) => unknown;
  /** What happened before this time is not counted. */
  readonly countedSince?: EpochMs;
  readonly reads: readonly Field[];
}

/** What conditions are read by. */
export interface Context {
  readonly traits: TraitRules;
  readonly timeZone: string;
  /** How what is counted is read. */
  readonly computed: ComputedRules;
}
