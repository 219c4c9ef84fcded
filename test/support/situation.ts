import type { Person } from '#shared/profiles/activity.ts';
import type { Segment } from '#shared/segments/segment.ts';

/** An event as its sender told of it. */
export interface RawEvent {
  readonly name: string;
  readonly at: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** All there is to know: facts of a person, everything they did, and what the workspace says. */
export interface Situation {
  readonly person: Person;
  readonly events: readonly RawEvent[];
  readonly segments: readonly Segment[];
  readonly timeZone: string;
  readonly now: number;
}
