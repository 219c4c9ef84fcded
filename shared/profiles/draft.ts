import type { Pid } from '#shared/events/event.ts';
import type { Activity, Person } from './activity.ts';
import type { Profile } from './profile.ts';
import type { NewRefusal } from './refusals.ts';

/** A person while events are folded into them. */
export interface Draft {
  readonly pid: Pid;
  /** A copy that folding alone may write to, one level deep. */
  readonly activity: Activity;
  /** The person's own until `profileChanged`: to write to it, call {@link openProfile}. */
  profile: Profile;
  profileChanged: boolean;
  /** Rows of `identities` to be written. */
  readonly claims: Set<string>;
  readonly refused: NewRefusal[];
  unlisted: number;
}

/** A draft of a person, who stays as they are. */
export function openDraft({ pid, activity, profile }: Person): Draft {
  const draft: Draft = {
    pid,
    activity: {
      ...activity,
      events: { ...activity.events },
      sums: { ...activity.sums },
      affirmed: { ...activity.affirmed },
      recent: [...activity.recent],
    },
    profile,
    profileChanged: false,
    claims: new Set(),
    refused: [],
    unlisted: 0,
  };
  if (activity.version === 0) openProfile(draft);
  return draft;
}

/** The profile to write to. Few events change it, so it is copied when the first one does. */
export function openProfile(draft: Draft): Profile {
  if (draft.profileChanged) return draft.profile;
  const { profile } = draft;
  draft.profileChanged = true;
  draft.profile = {
    ...profile,
    identifiers: { ...profile.identifiers },
    entities: { ...profile.entities },
    traits: { ...profile.traits },
    consents: { ...profile.consents },
    suppressed: { ...profile.suppressed },
  };
  return draft.profile;
}
