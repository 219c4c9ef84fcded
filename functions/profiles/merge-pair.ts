import { reasonToKeepApart } from '#shared/identity/resolve.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { knownPerson } from '#shared/profiles/known-person.ts';
import { mergePeople } from '#shared/profiles/merge.ts';
import type { MergeCause } from '#shared/profiles/merge-log.ts';
import type { NormalisedEvent } from '#shared/profiles/normalise-event.ts';
import type { MergeWrite } from '#shared/profiles/people-repository.ts';
import type { PlannedMerge } from '#shared/profiles/plan-batch.ts';
import { mergeMembership } from '#shared/segments/membership.ts';
import { withStanding } from '#shared/segments/standing.ts';
import type { ApplyPorts } from './apply-records.ts';
import { transitionsOf } from './write-person.ts';

/**
 * Makes two people one, in one transaction over the versions that were read. `conflict` asks to decide
 * again from what is stored now: where they may no longer be one, and where they are one already, which
 * a read that may be stale would go on not to show.
 */
export async function mergePair(
  { people: [a, b], event }: PlannedMerge,
  ports: ApplyPorts,
): Promise<'merged' | 'conflict'> {
  const people = await ports.people.findMany([a, b], { consistent: true });
  const [left, right] = [people.get(a), people.get(b)];
  if (left === undefined || right === undefined || left.pid === right.pid) return 'conflict';
  const definitions = await ports.definitions.current(
    Math.max(left.activity.definitionsVersion, right.activity.definitionsVersion),
  );
  // Both may have changed since it was decided that they are one
  if (reasonToKeepApart(knownPerson(left), knownPerson(right), definitions.identity) !== undefined) {
    return 'conflict';
  }

  const at = ports.now();
  const merged = mergePeople(left, right, { at, traits: definitions.traits, computed: definitions.computed });
  const [before, loser] = merged.loser === right.pid ? [left, right] : [right, left];
  const version = before.activity.version + 1;
  const membership = mergeMembership({
    person: merged.winner,
    winner: before.activity.segments,
    loser: loser.activity.segments,
    definitions,
    at,
  });
  const winner: Person = {
    ...merged.winner,
    activity: {
      ...withStanding(merged.winner.activity, { membership, definitions, dueAt: before.activity.dueAt, at }),
      version,
      profileVersion: version,
    },
  };

  if (merged.spill.length > 0) await ports.people.spill(winner.pid, merged.spill);
  return ports.people.merge({
    winner,
    winnerTransitions: transitionsOf(membership, { n: version, at }),
    before: { winner: before, loser },
    loserTransitions: transitionsOf(
      { entered: [], exited: [], moved: [...membership.left] },
      { n: loser.activity.version + 1, at },
    ),
    log: { at, cause: causeOf(event, { winner: before, loser }) },
  });
}

/** What the event named of each, so that somebody can see why the two are one. */
function causeOf(
  { source, messageId, at, identifiers }: NormalisedEvent,
  { winner, loser }: MergeWrite['before'],
): MergeCause {
  const of = ({ profile }: Person) => identifiers.filter((key) => Object.hasOwn(profile.identifiers, key));
  return { source, messageId, at, ofWinner: of(winner), ofLoser: of(loser) };
}
