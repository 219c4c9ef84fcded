import type { Pid } from '#shared/events/event.ts';
import type { Activity, Person } from './activity.ts';
import type { Profile } from './profile.ts';
import type { NewRefusal } from './refusals.ts';

/** A person while events are folded into them. */
export interface Draft {
  readonly pid: Pid;
  /** A copy that folding alone may write to, with `events` and `recent`; other records in it are replaced whole. */
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

/**
 * The profile to write to, with `identifiers` and `traits`; other records in it are replaced whole. Few
 * events change it, so it is copied when the first one does.
 */
export function openProfile(draft: Draft): Profile {
  if (draft.profileChanged) return draft.profile;
  const { profile } = draft;
  draft.profileChanged = true;
  draft.profile = {
    ...profile,
    identifiers: { ...profile.identifiers },
    traits: { ...profile.traits },
  };
  return draft.profile;
}
