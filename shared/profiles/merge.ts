import type { ComputedRules } from '#shared/computed/computed-rules.ts';
import { mergeComputed } from '#shared/computed/fold-computed.ts';
import type { EpochMs, Pid } from '#shared/events/event.ts';
import { LIMITS } from '#shared/events/limits.ts';
import { byAge } from '#shared/identity/resolve.ts';
import { own } from '#shared/kernel/own.ts';
import { addMinor } from '#shared/traits/minor.ts';
import type { TraitRules } from '#shared/traits/trait-definition.ts';
import type { Activity, Person, SeenId } from './activity.ts';
import { boundEvents, earlierSuppression, laterConsent, latest } from './fold.ts';
import { leastNames } from './least-names.ts';
import { joinMarks } from './marks.ts';
import { mergeTraits, type PersonTraits } from './merge-traits.ts';
import type { Profile } from './profile.ts';
import { joinRefusals } from './refusals.ts';
import { compareSeen, earlierLink } from './register.ts';
import { addSeen } from './seen.ts';

/** Two people made one. */
export interface Merged {
  readonly winner: Person;
  readonly loser: Pid;
  /** Message ids that fall out of `!activity`: durable in the spill before the merge is written. */
  readonly spill: readonly SeenId[];
}

export interface MergeOptions {
  readonly at: EpochMs;
  readonly traits: TraitRules;
  readonly computed: ComputedRules;
}

/**
 * Joins two people who turned out to be one: the older absorbs the other.
 *
 * Commutative and associative up to pid and stamps: counters add (the two histories are disjoint,
 * since a message is folded into one person), every other field is a join. `segments` are the
 * union; membership is evaluated anew by the caller.
 */
export function mergePeople(a: Person, b: Person, { at, traits: rules, computed }: MergeOptions): Merged {
  const [older, younger] = byAge(known(a), known(b)) <= 0 ? [a, b] : [b, a];
  const { traits, affirmed } = mergeTraits(older, younger, rules);
  const { activity, spill } = mergeActivity(older.activity, younger.activity, { affirmed, computed });
  const profile = mergeProfiles(older.profile, younger.profile, traits);
  return {
    winner: {
      pid: older.pid,
      activity,
      profile: { ...profile, absorbed: { ...profile.absorbed, [younger.pid]: at } },
    },
    loser: younger.pid,
    spill,
  };
}

const known = ({ pid, profile }: Person) => ({ pid, ...profile });

/** @param a of the one who stays: their item is written, so their versions go on. */
function mergeActivity(
  a: Activity,
  b: Activity,
  { affirmed, computed }: Pick<PersonTraits, 'affirmed'> & Pick<MergeOptions, 'computed'>,
): { activity: Activity; spill: readonly SeenId[] } {
  const { seen, spill } = addSeen(a.seen, [], b.seen);
  const summed = joinRecords(a.events, b.events, (x, y) => ({
    count: x.count + y.count,
    first: Math.min(x.first, y.first),
    last: Math.max(x.last, y.last),
  }));
  const lastSeenAt = Math.max(a.lastSeenAt, b.lastSeenAt);
  return {
    spill,
    activity: {
      version: a.version,
      profileVersion: a.profileVersion,
      definitionsVersion: Math.max(a.definitionsVersion, b.definitionsVersion),
      firstSeenAt: Math.min(a.firstSeenAt, b.firstSeenAt),
      lastSeenAt,
      ...boundEvents({ events: summed, otherEvents: a.otherEvents + b.otherEvents }),
      sums: joinRecords(a.sums, b.sums, (x, y) => joinRecords(x, y, addMinor)),
      computed: mergeComputed(a.computed, b.computed, { computed, lastSeenAt }),
      segments: joinRecords(a.segments, b.segments, Math.min),
      marks: joinMarks(a.marks, b.marks),
      seen,
      recent: latest([...a.recent, ...b.recent]),
      affirmed,
    },
  };
}

function mergeProfiles(a: Profile, b: Profile, traits: Profile['traits']): Profile {
  const market = earlier(a.market, b.market);
  const brand = earlier(a.brand, b.brand);
  return {
    createdAt: Math.min(a.createdAt, b.createdAt),
    identifiers: joinRecords(a.identifiers, b.identifiers, earlierLink),
    contacts: leastNames(joinRecords(a.contacts, b.contacts, earlierLink), LIMITS.contactCount),
    entities: joinRecords(a.entities, b.entities, Math.min),
    traits,
    consents: leastNames(joinRecords(a.consents, b.consents, laterConsent), LIMITS.consentCount),
    suppressed: leastNames(
      joinRecords(a.suppressed, b.suppressed, earlierSuppression),
      LIMITS.suppressionCount,
    ),
    ...(market !== undefined && { market }),
    ...(brand !== undefined && { brand }),
    absorbed: { ...a.absorbed, ...b.absorbed },
    parted: joinRecords(a.parted, b.parted, Math.max),
    refusals: joinRefusals(a.refusals, b.refusals),
  };
}

type Origin = NonNullable<Profile['market']>;

function earlier(a: Origin | undefined, b: Origin | undefined): Origin | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return earlierOrigin(a, b);
}

/** Of two origins that of the earlier event. */
export const earlierOrigin = (a: Origin, b: Origin): Origin =>
  compareSeen([a.at, a.id], [b.at, b.id]) <= 0 ? a : b;

function joinRecords<T>(
  a: Readonly<Record<string, T>>,
  b: Readonly<Record<string, T>>,
  join: (a: T, b: T) => T,
): Record<string, T> {
  const joined = { ...a };
  for (const [key, theirs] of Object.entries(b)) {
    const ours = own(joined, key);
    joined[key] = ours === undefined ? theirs : join(ours, theirs);
  }
  return joined;
}
