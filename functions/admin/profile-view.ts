import * as z from 'zod';
import { EventType, Pid } from '#shared/events/event.ts';
import { ExternalType, IdentifierType, identifierOf, NamedType } from '#shared/identity/identifier.ts';
import { fingerprint } from '#shared/kernel/fingerprint.ts';
import type { Person } from '#shared/profiles/activity.ts';
import type { TimelineEvent } from '#shared/profiles/timeline.ts';
import { majorText } from '#shared/traits/money.ts';

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
  traits: z.record(z.string(), z.strictObject({ value: z.unknown(), ...origin })),
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
  segments: z.array(SegmentMembership),
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

/** Shows a person, in the segments that the caller may see. Traits that were set to null are not there. */
export function viewProfile(
  { pid, profile, activity }: Person,
  segments: readonly SegmentMembership[],
): ProfileView {
  const traits = Object.entries(profile.traits).filter(
    ([, { value }]) => value !== null && value !== undefined,
  );
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
    traits: Object.fromEntries(
      traits.map(([name, trait]) => [name, { value: trait.value, ...originOf(trait) }]),
    ),
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
    segments: [...segments],
    recent: activity.recent.map(([at, name, id]) => ({ id, name, at: iso(at) })),
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

const refusedOf = (key: string) =>
  key.startsWith('trait#')
    ? { type: 'trait' as const, value: key.slice('trait#'.length) }
    : identifierOf(key);

/** An event as the Admin API shows it. */
export const EventView = z.strictObject({
  /** The same for every copy of one message, and in `recent`. */
  id: z.string(),
  type: EventType,
  name: z.string(),
  timestamp: Time,
  messageId: z.string(),
  source: z.string(),
  properties: z.record(z.string(), z.unknown()).optional(),
  traits: z.record(z.string(), z.unknown()).optional(),
});
export type EventView = z.infer<typeof EventView>;

export const viewEvent = (event: TimelineEvent): EventView => ({
  id: fingerprint(event.source, event.messageId),
  ...event,
  timestamp: iso(event.timestamp),
});
