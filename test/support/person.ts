import { Pid } from '#shared/events/event.ts';
import { type Activity, emptyActivity, type Person } from '#shared/profiles/activity.ts';
import type { MergeWrite } from '#shared/profiles/people-repository.ts';
import { emptyProfile, type Profile } from '#shared/profiles/profile.ts';

/** A stamp as of a write at `at` by a message of the same name. */
export const stampedAt = (at: number, id = `m${at}`) => ({ at, id, source: 'shop', messageId: id });

/** A person of whom only what a test is about is spelt out. */
export function person(
  pid: string,
  {
    profile = {},
    activity = {},
  }: { readonly profile?: Partial<Profile>; readonly activity?: Partial<Activity> } = {},
): Person {
  return {
    pid: Pid.parse(pid),
    profile: { ...emptyProfile(0), ...profile },
    activity: { ...emptyActivity(), version: 1, profileVersion: 1, ...activity },
  };
}

/** Traits with the given values, all written at once. */
export const traits = (values: Readonly<Record<string, unknown>>): Profile['traits'] =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value, ...stampedAt(1) }]));

/** A merge of two people of whom only what it comes to is spelt out. */
export const mergeWrite = ({
  winner,
  loser,
  at,
}: {
  readonly winner: Person;
  readonly loser: Person;
  readonly at: number;
}): MergeWrite => {
  const { activity } = winner;
  const version = activity.version - 1;
  return {
    winner,
    before: { winner: { ...winner, activity: { ...activity, version } }, loser },
    log: { at, cause: { source: 'shop', messageId: `m${at}`, at, ofWinner: [], ofLoser: [] } },
  };
};
