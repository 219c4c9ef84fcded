import * as z from 'zod';
import type { ComputedRules } from '#shared/computed/computed-rules.ts';
import { readAggregate } from '#shared/computed/read-aggregate.ts';
import { type EpochMs, EventType, Pid } from '#shared/events/event.ts';
import { ExternalType, IdentifierType, identifierOf, NamedType } from '#shared/identity/identifier.ts';
import { fingerprint } from '#shared/kernel/fingerprint.ts';
import { own } from '#shared/kernel/own.ts';
import type { Person } from '#shared/profiles/activity.ts';
import type { TimelineEvent } from '#shared/profiles/timeline.ts';
import { saidByTrait } from '#shared/profiles/trait-value.ts';
import { currentStage, type LifecycleSettings } from '#shared/segments/lifecycle.ts';
import { majorText } from '#shared/traits/money.ts';
import type { TraitRules } from '#shared/traits/trait-definition.ts';

const Time = z.iso.datetime();
/** By which event something came to be so. */
const origin = { at: Time, source: z.string(), messageId: z.string() };

/** A segment that a person is in. */
export const SegmentMembership = z.strictObject({ id: z.string(), name: z.string(), since: Time });
export type SegmentMembership = z.infer<typeof SegmentMembership>;

/** One of a person's last events; the timeline shows it whole under the same `id`, if it is kept. */
export const RecentEvent = z.strictObject({ id: z.string(), name: z.string(), at: Time });

/** A person as the Admin API shows them. */
export const ProfileView = z.strictObject({
  pid: Pid,
  market: z.string().optional(),
  brand: z.string().optional(),
  createdAt: Time,
  lastSeenAt: Time.optional(),
  identifiers: z.array(z.strictObject({ type: IdentifierType, value: z.string(), ...origin })),
  traits: z.record(
    z.string(),
    z.strictObject({
      value: z.unknown(),
      ...origin,
      /** Each value that the trait keeps, where it keeps several: with a union's, the latest first. */
      kept: z.array(z.strictObject({ value: z.unknown(), ...origin })).optional(),
    }),
  ),
  consents: z.array(
    z.strictObject({
      channel: z.string(),
      purpose: z.string(),
      status: z.enum(['granted', 'denied']),
      ...origin,
    }),
  ),
  /** Addresses that a provider told us not to write to. */
  suppressed: z.array(
    z.strictObject({ type: IdentifierType, value: z.string(), reason: z.string(), at: Time }),
  ),
  /** How often each event happened; `otherEvents` are those beyond the names that are counted one by one. */
  events: z.record(z.string(), z.strictObject({ count: z.int(), first: Time, last: Time })),
  otherEvents: z.int(),
  /** By name and currency, as decimal numbers in major units. */
  sums: z.record(z.string(), z.record(z.string(), z.string())),
  /** By the id of a computed trait. */
  computed: z.record(
    z.string(),
    z.strictObject({
      value: z
        .unknown()
        .optional()
        .describe('absent for the first, last, least, greatest or average of nothing'),
      exact: z.string().optional().describe('the digits of a sum that is too long for a number of JSON'),
      countedSince: Time.optional().describe('what happened before was not counted'),
      overflow: z.literal(true).optional().describe('there were more values than are kept'),
    }),
  ),
  segments: z.array(SegmentMembership),
  /** Absent where there are no stages, or nobody has looked at them since there are. */
  lifecycle: z
    .strictObject({ stage: z.string(), name: z.string(), since: Time })
    .optional()
    .describe('the stage that they are in'),
  recent: z.array(RecentEvent),
  /** People who turned out to be this one. */
  absorbed: z.array(z.strictObject({ pid: Pid, at: Time })),
  /** What events said and was not taken, and why: an identifier over its limit, or a `trait` over its size. */
  refusals: z.array(
    z.strictObject({
      type: z.union([z.enum([...NamedType.options, 'trait']), ExternalType]),
      value: z.string(),
      reason: z.string(),
      at: Time,
      messageId: z.string(),
    }),
  ),
});
export type ProfileView = z.infer<typeof ProfileView>;

const iso = (ms: number): string => new Date(ms).toISOString();
const originOf = ({
  at,
  source,
  messageId,
}: {
  readonly at: number;
  readonly source: string;
  readonly messageId: string;
}) => ({
  at: iso(at),
  source,
  messageId,
});
const mapValues = <T, U>(
  record: Readonly<Record<string, T>>,
  map: (value: T, key: string) => U,
): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]));

export interface ViewOptions {
  /** Those that the caller may see. */
  readonly segments: readonly SegmentMembership[];
  readonly traits: TraitRules;
  readonly computed: ComputedRules;
  /** @default there are no stages */
  readonly lifecycle?: LifecycleSettings | undefined;
  /** When it is shown: windows end then. */
  readonly at: EpochMs;
}

/** Shows a person. Traits that were set to null are not there. */
export function viewProfile(
  person: Person,
  { segments, traits, computed, lifecycle, at }: ViewOptions,
): ProfileView {
  const { pid, profile, activity } = person;
  return {
    pid,
    ...(profile.market !== undefined && { market: profile.market.value }),
    ...(profile.brand !== undefined && { brand: profile.brand.value }),
    createdAt: iso(profile.createdAt),
    ...(activity.lastSeenAt > 0 && { lastSeenAt: iso(activity.lastSeenAt) }),
    identifiers: Object.entries(profile.identifiers).map(([key, link]) => ({
      ...identifierOf(key),
      ...originOf(link),
    })),
    traits: viewTraits(person, traits),
    consents: Object.entries(profile.consents).map(([key, consent]) => {
      const [channel = '', purpose = ''] = key.split('/');
      return { channel, purpose, status: consent.status, ...originOf(consent) };
    }),
    suppressed: Object.entries(profile.suppressed).map(([key, { reason, at }]) => ({
      ...identifierOf(key),
      reason,
      at: iso(at),
    })),
    events: mapValues(activity.events, ({ count, first, last }) => ({
      count,
      first: iso(first),
      last: iso(last),
    })),
    otherEvents: activity.otherEvents,
    sums: mapValues(activity.sums, (sums) => mapValues(sums, majorText)),
    computed: viewComputed(person, computed, at),
    segments: [...segments],
    ...viewStage(person, lifecycle),
    recent: viewRecent(person),
    absorbed: Object.entries(profile.absorbed).map(([absorbed, at]) => ({
      pid: Pid.parse(absorbed),
      at: iso(at),
    })),
    refusals: profile.refusals.map(({ identifier, reason, at, messageId }) => ({
      ...refusedOf(identifier),
      reason,
      at: iso(at),
      messageId,
    })),
  };
}

function viewStage(
  { activity }: Person,
  lifecycle: LifecycleSettings | undefined,
): Pick<ProfileView, 'lifecycle'> {
  const current = lifecycle && currentStage(activity, lifecycle);
  if (current === undefined) return {};
  const { stage, since } = current;
  return { lifecycle: { stage: stage.id, name: stage.name, since: iso(since) } };
}

function viewComputed({ activity }: Person, { named }: ComputedRules, at: EpochMs): ProfileView['computed'] {
  const entries = [...named].map(([id, ref]) => {
    const { countedSince, ...reading } = readAggregate(activity, ref, at);
    return [id, { ...reading, ...(countedSince > 0 && { countedSince: iso(countedSince) }) }] as const;
  });
  return Object.fromEntries(entries);
}

/** Each trait's value with the write that decides it: of a union the latest. */
function viewTraits(person: Person, rules: TraitRules): ProfileView['traits'] {
  const traits = Object.keys(person.profile.traits).flatMap((name) => {
    const { value, writes } = saidByTrait(person, name, rules);
    const [deciding] = writes;
    if (deciding === undefined) return [];
    const kept = writes.map((write) => ({ value: write.value, ...originOf(write) }));
    const several = Array.isArray(own(person.profile.traits, name)) && { kept };
    return [[name, { value, ...originOf(deciding), ...several }] as const];
  });
  return Object.fromEntries(traits);
}

const refusedOf = (key: string) =>
  key.startsWith('trait#')
    ? { type: 'trait' as const, value: key.slice('trait#'.length) }
    : identifierOf(key);

/** A person's last few events. */
export const viewRecent = ({ activity }: Person): ProfileView['recent'] =>
  activity.recent.map(([at, name, id]) => ({ id, name, at: iso(at) }));

/** An event as the Admin API shows it. */
export const EventView = z.strictObject({
  /** The same for every copy of one message, and in `recent`. */
  id: z.string(),
  type: EventType,
  name: z.string(),
  timestamp: Time,
  messageId: z.string(),
  source: z.string(),
  groupId: z.string().optional().describe('whom a group call joins them to'),
  previousId: z.string().optional().describe('who an alias call says they were before'),
  properties: z.record(z.string(), z.unknown()).optional(),
  traits: z.record(z.string(), z.unknown()).optional(),
});
export type EventView = z.infer<typeof EventView>;

export const viewEvent = (event: TimelineEvent): EventView => ({
  id: fingerprint(event.source, event.messageId),
  ...event,
  timestamp: iso(event.timestamp),
});
