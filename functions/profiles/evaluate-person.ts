import type { EpochMs } from '#shared/events/event.ts';
import { PersonContentionError } from '#shared/kernel/errors.ts';
import type { Person } from '#shared/profiles/activity.ts';
import type { DefinitionsSource } from '#shared/profiles/definitions.ts';
import type { PeopleRepository } from '#shared/profiles/people-repository.ts';
import { nextMembership } from '#shared/segments/membership.ts';
import { withStanding } from '#shared/segments/standing.ts';
import { transitionsOf } from './write-person.ts';

export interface EvaluatePorts {
  readonly people: Pick<PeopleRepository, 'findMany' | 'write'>;
  readonly definitions: DefinitionsSource;
  readonly now: () => EpochMs;
  /** Waits before another attempt at somebody whom others write to as well. */
  readonly pause: (attempt: number) => Promise<void>;
}

export interface Evaluated {
  /** As they stand now. */
  readonly person: Person;
  readonly entered: readonly string[];
  readonly exited: readonly string[];
  readonly isWritten: boolean;
}

const MAX_ATTEMPTS = 10;

/**
 * Evaluates a person to whom nothing happened, and writes them where they entered or left a segment or
 * are to be looked at again at another time; costs nothing otherwise, and nothing when it is repeated.
 *
 * The write goes over the version that was evaluated, so that it races with whatever else writes to the
 * person and loses: then they are read again. Who is left as they are may have been read stale: whoever
 * wrote to them since has evaluated them by definitions as new, once those that were before have
 * expired everywhere.
 *
 * @param atLeast the version of definitions by which they are evaluated, if there are none newer.
 * @returns `undefined` for somebody who was absorbed or erased meanwhile.
 * @throws {PersonContentionError} when it lost every attempt.
 */
export async function evaluatePerson(
  read: Person,
  { people, definitions: source, now, pause }: EvaluatePorts,
  atLeast = 0,
): Promise<Evaluated | undefined> {
  let person = read;
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const { activity } = person;
    const definitions = await source.current(Math.max(atLeast, activity.definitionsVersion));
    const at = now();
    const membership = nextMembership({ person, definitions, at });
    const { entered, exited } = membership;
    const standing = withStanding(activity, { membership, definitions, dueAt: activity.dueAt, at });
    if (entered.length + exited.length === 0 && standing.dueAt === activity.dueAt) {
      return { person, entered, exited, isWritten: false };
    }

    const version = activity.version + 1;
    const next: Person = { ...person, activity: { ...standing, version } };
    const transitions = transitionsOf({ entered, exited, moved: [] }, { n: version, at });
    const written = await people.write({ person: next, profileChanged: false, claims: [], transitions });
    if (written === 'written') return { person: next, entered, exited, isWritten: true };

    await pause(attempt);
    const found = (await people.findMany([read.pid], { consistent: true })).get(read.pid);
    if (found?.pid !== read.pid) return undefined;
    person = found;
  }
  throw new PersonContentionError(MAX_ATTEMPTS);
}
