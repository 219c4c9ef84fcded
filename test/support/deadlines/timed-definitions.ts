import { DEFAULT_IDENTITY } from '#shared/identity/rules.ts';
import type { Person } from '#shared/profiles/activity.ts';
import type { Definitions, Evaluation } from '#shared/profiles/definitions.ts';
import { compileSegments } from '#shared/segments/compile.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** Whether something holds at a time, and when that changes next. */
type Timed = (person: Person, now: number) => { readonly holds: boolean; readonly next?: number };

const lastOf = ({ activity }: Person): number => activity.events.Viewed?.last ?? Number.NEGATIVE_INFINITY;

const until = (end: number, holdsBefore: boolean, now: number) =>
  now < end ? { holds: holdsBefore, next: end } : { holds: !holdsBefore };

const SEGMENTS: Readonly<Record<string, Timed>> = {
  /** Viewed within ten minutes. */
  recent: (person, now) => until(lastOf(person) + 10 * MINUTE, true, now),
  /** Has not viewed for half an hour. */
  quiet: (person, now) => until(lastOf(person) + 30 * MINUTE, false, now),
  /** In every second hour of being known: there is always another deadline. */
  odd({ activity }, now) {
    const hours = Math.floor((now - activity.firstSeenAt) / HOUR);
    return { holds: hours % 2 === 1, next: activity.firstSeenAt + (hours + 1) * HOUR };
  },
};

/** Who somebody is at a time, from scratch. */
export function standsAt(person: Person, now: number): Evaluation {
  const found = Object.entries(SEGMENTS).map(([id, timed]) => ({ id, ...timed(person, now) }));
  const members = new Set(found.flatMap(({ id, holds }) => (holds ? [id] : [])));
  const nextChange = Math.min(...found.flatMap(({ next }) => next ?? []));
  return Number.isFinite(nextChange) ? { members, nextChange } : { members };
}

/** Segments that time alone moves people in and out of. */
export const TIMED: Definitions = {
  ...compileSegments([], 1, { identity: DEFAULT_IDENTITY }),
  evaluate: (person, now) => standsAt(person, now),
};
