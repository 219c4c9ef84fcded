import type { Pid } from '#shared/events/event.ts';
import { isWithinLimits } from '#shared/identity/resolve.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { mergePeople } from '#shared/profiles/merge.ts';
import { mergeMembership } from '#shared/segments/membership.ts';
import type { ApplyPorts } from './apply-records.ts';
import { transitionsOf } from './write-person.ts';

/**
 * Makes two people one, in one transaction over the versions that were read. To do it again, or to
 * lose to somebody who did, changes nothing: they are found to be one already. `conflict` asks to
 * decide again from what is stored now, where they may no longer be one.
 */
export async function mergePair(
  [a, b]: readonly [Pid, Pid],
  ports: ApplyPorts,
): Promise<'merged' | 'conflict'> {
  const people = await ports.people.findMany([a, b], { consistent: true });
  const [left, right] = [people.get(a), people.get(b)];
  if (left === undefined || right === undefined) return 'conflict';
  if (left.pid === right.pid) return 'merged';
  // Both may have gained identifiers since it was decided that they are one
  if (!isWithinLimits(new Set([left, right].flatMap(({ profile }) => Object.keys(profile.identifiers))))) {
    return 'conflict';
  }

  const at = ports.now();
  const merged = mergePeople(left, right, at);
  const [before, loser] = merged.loser === right.pid ? [left, right] : [right, left];
  const version = before.activity.version + 1;
  const definitions = await ports.definitions.current(
    Math.max(before.activity.definitionsVersion, loser.activity.definitionsVersion),
  );
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
      ...merged.winner.activity,
      version,
      profileVersion: version,
      definitionsVersion: definitions.version,
      segments: membership.segments,
    },
  };

  if (merged.spill.length > 0) await ports.people.spill(winner.pid, merged.spill);
  return ports.people.merge({
    winner,
    winnerTransitions: transitionsOf(membership, { n: version, at }),
    loser,
    loserTransitions: transitionsOf(
      { entered: [], exited: [], moved: [...membership.left] },
      { n: loser.activity.version + 1, at },
    ),
    at,
  });
}
