import type { EpochMs } from '#shared/events/event.ts';
import type { Activity } from '#shared/profiles/activity.ts';
import type { Definitions } from '#shared/profiles/definitions.ts';
import { dueAfter } from './due.ts';
import type { NextMembership } from './membership.ts';

/**
 * What a person did, with where they stand after an evaluation: under which definitions, in which
 * segments, and when they are to be looked at again.
 *
 * @param dueAt of the person as read, if whoever is written stood there; what `activity` says is not looked at.
 */
export function withStanding(
  activity: Activity,
  {
    membership,
    definitions,
    dueAt,
    at,
  }: {
    readonly membership: Pick<NextMembership, 'segments' | 'nextChange'>;
    readonly definitions: Pick<Definitions, 'version'>;
    readonly dueAt: EpochMs | undefined;
    readonly at: EpochMs;
  },
): Activity {
  const { dueAt: _, ...rest } = activity;
  const due = dueAfter(dueAt, membership.nextChange, at);
  return {
    ...rest,
    definitionsVersion: definitions.version,
    segments: membership.segments,
    ...(due !== undefined && { dueAt: due }),
  };
}
