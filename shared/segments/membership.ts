import type { EpochMs } from '#shared/events/event.ts';
import type { Activity, Person } from '#shared/profiles/activity.ts';
import type { Definitions, Evaluation } from '#shared/profiles/definitions.ts';

/** By segment id, when the person entered it. */
export type Membership = Activity['segments'];

/** What an evaluation changed. */
export interface NextMembership {
  readonly segments: Membership;
  readonly entered: readonly string[];
  readonly exited: readonly string[];
  /** Before it nobody enters or leaves without an event; absent where they never do. */
  readonly nextChange?: EpochMs;
}

interface Question {
  readonly person: Person;
  readonly definitions: Definitions;
  /** When it is asked, and when who enters now will have entered. */
  readonly at: EpochMs;
}

/**
 * Evaluates a person who stands as `activity.segments` says.
 *
 * A segment that is no longer defined is left, as one whose condition no longer holds. Evaluating
 * again changes nothing.
 */
export function nextMembership({
  person,
  definitions,
  at,
  before,
}: Question & {
  /** As they were last evaluated; absent, everything is evaluated. */
  readonly before?: Person;
}): NextMembership {
  return transition(person.activity.segments, definitions.evaluate(person, at, before), at);
}

export interface MergedMembership extends NextMembership {
  /** Segments that only the absorbed person was in: the winner's rows follow, and nobody enters. */
  readonly moved: readonly string[];
  /** Segments whose rows of the absorbed person go, and nobody exits. */
  readonly left: readonly string[];
}

/**
 * Evaluates a person made of two. The transitions are net: whoever was in a segment as one of the
 * two and still is has neither left nor entered it, and has been in it since the earlier time.
 *
 * @param person the merged person; what its own `segments` say is not looked at.
 */
export function mergeMembership({
  winner,
  loser,
  ...question
}: Question & { readonly winner: Membership; readonly loser: Membership }): MergedMembership {
  const before = { ...loser, ...winner };
  for (const [id, since] of Object.entries(loser)) before[id] = Math.min(since, before[id] ?? since);
  const next = transition(before, question.definitions.evaluate(question.person, question.at), question.at);
  const left = Object.keys(loser);
  const moved = left.filter((id) => Object.hasOwn(next.segments, id) && !Object.hasOwn(winner, id));
  return { ...next, moved, left };
}

/**
 * Evaluates somebody who was part of another and stands alone again. The transitions are net: where the
 * other was in a segment until now, their rows come back and nobody enters; and they exit only from
 * where they had been as part of the other until now.
 *
 * @param person as they were before they were absorbed.
 * @param survivor what the other was in until now.
 */
export function unmergeMembership({
  person,
  survivor,
  definitions,
  at,
}: Question & { readonly survivor: Membership }): NextMembership & { readonly moved: readonly string[] } {
  const before = person.activity.segments;
  const next = transition({ ...survivor, ...before }, definitions.evaluate(person, at), at);
  const ids = Object.keys(next.segments);
  const wasIn = (id: string): boolean => Object.hasOwn(survivor, id);
  return {
    ...next,
    entered: ids.filter((id) => !wasIn(id)),
    exited: next.exited.filter((id) => wasIn(id) && Object.hasOwn(before, id)),
    moved: ids.filter(wasIn),
  };
}

function transition(before: Membership, { members, nextChange }: Evaluation, at: EpochMs): NextMembership {
  const ids = [...members];
  return {
    segments: Object.fromEntries(ids.map((id) => [id, Object.hasOwn(before, id) ? (before[id] ?? at) : at])),
    entered: ids.filter((id) => !Object.hasOwn(before, id)),
    exited: Object.keys(before).filter((id) => !members.has(id)),
    ...(nextChange !== undefined && { nextChange }),
  };
}
