import type { ComputedRules } from '#shared/computed/computed-rules.ts';
import type { ComputedStates } from '#shared/computed/computed-state.ts';
import { type ComputedParts, pruneComputed, separateComputed } from '#shared/computed/fold-computed.ts';
import type { EpochMs } from '#shared/events/event.ts';
import { LIMITS } from '#shared/events/limits.ts';
import type { Activity, Person } from './activity.ts';
import { earlierSuppression, laterConsent, latest } from './fold.ts';
import { leastNames } from './least-names.ts';
import { joinMarks } from './marks.ts';
import { earlierOrigin, type MergeOptions } from './merge.ts';
import type { Inseparable } from './merge-log.ts';
import type { Consent, Profile, Suppression } from './profile.ts';
import { earlierLink } from './register.ts';
import { eventTotal, type Parts, separateEvents, separateLeast, separateSums } from './unmerge-counts.ts';
import { separateRegisters, writtenSince } from './unmerge-registers.ts';
import { separateTraits, traitsSaidSince } from './unmerge-traits.ts';

/** Two people who were one. */
export interface Unmerged {
  readonly survivor: Person;
  /** The absorbed person as they were, knowing of the messages that the two know of. */
  readonly loser: Person;
  readonly inseparable: Inseparable;
}

/**
 * Sets two people apart who were merged.
 *
 * The absorbed one is as they were before; the survivor is what they are now less the absorbed one.
 * Counts and sums are exact; what the absorbed one wrote gives way to what the survivor had besides.
 * Straight after the merge both are, byte for byte, who they were. What came since stays with the
 * survivor, but for one thing: who withdrew consent since, or made an address unreachable, may be
 * either of the two, so that it holds for both.
 *
 * Both know of every message that either knew of, so that one that is sent again counts nowhere; and
 * neither is ever merged with the other again. Versions, segments and times of entry are the caller's.
 */
export function unmergePeople(parts: Parts, { at, traits: rules, computed }: MergeOptions): Unmerged {
  const { now, loser } = parts;
  const { traits, affirmed } = separateTraits(parts, rules);
  const survivor = {
    pid: now.pid,
    activity: { ...separateActivity(parts, computed), affirmed },
    profile: { ...separateProfile(parts, at), traits },
  };
  return {
    survivor,
    loser: {
      pid: loser.pid,
      activity: {
        ...loser.activity,
        marks: joinMarks(loser.activity.marks, now.activity.marks),
        // The survivor has known all ids of the loser's since the merge, in the item or in the spill
        seen: now.activity.seen,
      },
      profile: {
        ...loser.profile,
        ...withdrawnSince(parts),
        parted: { ...loser.profile.parted, [now.pid]: at },
      },
    },
    inseparable: inseparableOf(parts),
  };
}

function separateActivity(parts: Parts, computed: ComputedRules): Omit<Activity, 'affirmed'> {
  const { now, own, kept, gone } = parts;
  const { activity } = now;
  const known = [own[0], ...kept];
  const taken = new Set(gone.flatMap((person) => person.activity.recent.map(([, , id]) => id)));
  const recent = new Map(
    [now, ...own, ...kept]
      .flatMap((person) => person.activity.recent)
      .filter(([, , id]) => !taken.has(id))
      .map((event) => [event[2], event]),
  );
  const theirs = [...recent.values()].map(([time]) => time);
  const lastSeenAt = -separateLeast({
    pure: [...known.map((person) => -person.activity.lastSeenAt), ...theirs.map((time) => -time)],
    taken: gone.map((person) => -person.activity.lastSeenAt),
    seen: [now, ...own].map((person) => -person.activity.lastSeenAt),
  });
  return {
    ...activity,
    firstSeenAt: separateLeast({
      pure: [...known.map((person) => person.activity.firstSeenAt), ...theirs],
      taken: gone.map((person) => person.activity.firstSeenAt),
      seen: [now, ...own].map((person) => person.activity.firstSeenAt),
    }),
    lastSeenAt,
    ...separateEvents(parts),
    sums: separateSums(parts),
    computed: pruneComputed(separateComputed(statesOf(parts), computed), { computed, lastSeenAt }),
    recent: latest([...recent.values()]),
  };
}

function statesOf({ now, loser, own, kept, gone }: Parts): ComputedParts {
  const [before, ...mixed] = own;
  const of = (people: readonly Person[]): readonly ComputedStates[] =>
    people.map(({ activity }) => activity.computed);
  return {
    now: now.activity.computed,
    mixed: of([now, ...mixed]),
    pure: of([before, ...kept]),
    loser: loser.activity.computed,
    gone: of(gone),
    lastSeenAt: now.activity.lastSeenAt,
  };
}

interface Stamped {
  readonly at: EpochMs;
  readonly id: string;
}
const stampOf = ({ at, id }: Stamped): string => `${at} ${id}`;

const LINKS = {
  of: ({ profile }: Person) => profile.identifiers,
  stamp: stampOf,
  join: earlierLink,
};
const CONTACTS = { ...LINKS, of: ({ profile }: Person) => profile.contacts };
const CONSENTS = {
  of: ({ profile }: Person) => profile.consents,
  stamp: ({ at, id }: Consent) => stampOf({ at, id }),
  join: laterConsent,
};
const SUPPRESSIONS = {
  of: ({ profile }: Person) => profile.suppressed,
  stamp: ({ reason, at }: Suppression) => `${at} ${reason}`,
  join: earlierSuppression,
};
const ORIGINS = {
  of: ({ profile: { market, brand } }: Person): Record<string, NonNullable<Profile['market']>> => ({
    ...(market !== undefined && { market }),
    ...(brand !== undefined && { brand }),
  }),
  stamp: stampOf,
  join: earlierOrigin,
};

function separateProfile(parts: Parts, at: EpochMs): Omit<Profile, 'traits'> {
  const { now, loser, own, kept, gone } = parts;
  const { profile } = now;
  const known = [own[0], ...kept].map((person) => person.profile);
  const { market, brand } = separateRegisters(parts, ORIGINS);
  const left = (absorbed: Profile['absorbed']): Profile['absorbed'] =>
    Object.fromEntries(
      Object.entries(absorbed).filter(
        ([pid]) => pid !== loser.pid && !Object.hasOwn(loser.profile.absorbed, pid),
      ),
    );
  const refusals = gone.flatMap((person) =>
    person.profile.refusals.map((refusal) => JSON.stringify(refusal)),
  );
  return {
    createdAt: Math.min(...known.map(({ createdAt }) => createdAt)),
    identifiers: separateRegisters(parts, LINKS),
    contacts: leastNames(separateRegisters(parts, CONTACTS), LIMITS.contactCount),
    entities: separateEntities(parts),
    consents: leastNames(separateRegisters(parts, CONSENTS), LIMITS.consentCount),
    suppressed: leastNames(separateRegisters(parts, SUPPRESSIONS), LIMITS.suppressionCount),
    ...(market !== undefined && { market }),
    ...(brand !== undefined && { brand }),
    absorbed: left(profile.absorbed),
    parted: { ...partedWithout(parts), [loser.pid]: at },
    refusals: profile.refusals.filter((refusal) => !refusals.includes(JSON.stringify(refusal))),
  };
}

/** Whom the loser was set apart from before is theirs to know, unless the survivor was too. */
function partedWithout({ now, loser, own, kept }: Parts): Profile['parted'] {
  const known = [...own, ...kept].map(({ profile }) => profile.parted);
  return Object.fromEntries(
    Object.entries(now.profile.parted).filter(
      ([pid]) =>
        !Object.hasOwn(loser.profile.parted, pid) || known.some((parted) => Object.hasOwn(parted, pid)),
    ),
  );
}

/**
 * Whose customer the survivor is. After events since the merge that may be any of those whose customer
 * the two were: a row of `identities` may have been claimed for each.
 */
function separateEntities(parts: Parts): Profile['entities'] {
  const { now, own, kept, gone } = parts;
  const since = eventsSince(parts);
  const times = (people: readonly Person[], entity: string): readonly number[] =>
    people.flatMap(({ profile }) => profile.entities[entity] ?? []);
  const entries = Object.keys(now.profile.entities).flatMap((entity) => {
    const pure = times([own[0], ...kept], entity);
    if (pure.length === 0 && since === 0) return [];
    const at = separateLeast({ pure, taken: times(gone, entity), seen: times([now, ...own], entity) });
    return [[entity, at] as const];
  });
  return Object.fromEntries(entries);
}

/** What was withdrawn since the merge, by either of the two. */
function withdrawnSince(parts: Parts): Pick<Profile, 'consents' | 'suppressed'> {
  const { profile } = parts.loser;
  const consents: Record<string, Consent> = { ...profile.consents };
  for (const [key, consent] of writtenSince(parts, CONSENTS)) {
    const theirs = consents[key];
    if (consent.status === 'denied') {
      consents[key] = theirs === undefined ? consent : laterConsent(theirs, consent);
    }
  }
  const suppressed: Record<string, Suppression> = { ...profile.suppressed };
  for (const [key, suppression] of writtenSince(parts, SUPPRESSIONS)) {
    const isTheirs = Object.hasOwn(profile.identifiers, key) || Object.hasOwn(profile.contacts, key);
    if (isTheirs) suppressed[key] ??= suppression;
  }
  return {
    consents: leastNames(consents, LIMITS.consentCount),
    suppressed: leastNames(suppressed, LIMITS.suppressionCount),
  };
}

/** How many events nobody brought who is known of: those since the merge. */
function eventsSince({ now, loser, own, kept }: Parts): number {
  const known = [own[0], ...kept, loser].reduce((sum, { activity }) => sum + eventTotal(activity), 0);
  return eventTotal(now.activity) - known;
}

function inseparableOf(parts: Parts): Inseparable {
  const names = (entries: readonly (readonly [string, unknown])[]): string[] =>
    entries.map(([name]) => name).sort();
  return {
    events: eventsSince(parts),
    traits: traitsSaidSince(parts).toSorted(),
    identifiers: names(writtenSince(parts, LINKS)),
    consents: names(writtenSince(parts, CONSENTS)),
  };
}
