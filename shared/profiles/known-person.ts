import type { KnownPerson } from '#shared/identity/resolve.ts';
import type { Person } from './activity.ts';

/** A person as resolving sees them. */
export const knownPerson = ({ pid, profile }: Person): KnownPerson => ({
  pid,
  createdAt: profile.createdAt,
  identifiers: profile.identifiers,
  entities: Object.keys(profile.entities),
  absorbed: profile.absorbed,
  parted: profile.parted,
});
