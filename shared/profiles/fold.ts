import type { ComputedRules } from '#shared/computed/computed-rules.ts';
import { foldComputed, pruneComputed } from '#shared/computed/fold-computed.ts';
import type { EmailEffect } from '#shared/events/email-events.ts';
import type { Pid } from '#shared/events/event.ts';
import { LIMITS } from '#shared/events/limits.ts';
import { normalEmail } from '#shared/identity/email-form.ts';
import { identityRow } from '#shared/identity/identifier.ts';
import type { RefusedIdentifier } from '#shared/identity/refusal.ts';
import { compareTexts } from '#shared/kernel/compare-texts.ts';
import { own } from '#shared/kernel/own.ts';
import { addMinor } from '#shared/traits/minor.ts';
import type { TraitRules } from '#shared/traits/trait-definition.ts';
import { type Activity, emptyActivity, MAX_EVENT_NAMES, type Person, type SeenId } from './activity.ts';
import { type Draft, openDraft, openProfile } from './draft.ts';
import { foldTraits } from './fold-trait.ts';
import { hasRoom, leastNames } from './least-names.ts';
import type { ConsentChoice, NormalisedEvent } from './normalise-event.ts';
import { type Consent, emptyProfile, type Profile, type Suppression } from './profile.ts';
import { addRefusals, type NewRefusal, type RefusedOfEvent } from './refusals.ts';
import { earlierLink } from './register.ts';
import { addSeen, isSeen } from './seen.ts';

/** How many of a person's last events stand in `!activity`. */
export const RECENT_LIMIT = 5;

/** An event with what resolving decided of its identifiers. */
export interface ResolvedEvent {
  readonly event: NormalisedEvent;
  /** Keys of identifiers that the event's legal entity knows nobody by. */
  readonly link: readonly string[];
  readonly refused: readonly RefusedIdentifier[];
}

/** What folding events into a person came to. */
export interface Folded {
  readonly person: Person;
  /** The fingerprints of what was applied; the others had been before. */
  readonly applied: ReadonlySet<string>;
  readonly profileChanged: boolean;
  /** Rows of `identities` that become this person's. */
  readonly claims: readonly string[];
  /** Identifiers that were refused and are listed now. */
  readonly refused: readonly NewRefusal[];
  /** How many more were refused than the list takes. */
  readonly unlisted: number;
  /** Message ids that fall out of `!activity`: durable in the spill before the person is written. */
  readonly spill: readonly SeenId[];
}

export interface FoldOptions {
  /** The ids, of those that `!activity` cannot tell, that the spill knows as applied. */
  readonly spilled: ReadonlySet<string>;
  readonly traits: TraitRules;
  readonly computed: ComputedRules;
}

/**
 * Folds events into a person, each once.
 *
 * Counters and sums add, everything else joins, so the order does not matter: any permutation and
 * batching of the same events gives the same canonical state.
 */
export function foldEvents(person: Person, events: readonly ResolvedEvent[], options: FoldOptions): Folded {
  const { spilled, computed } = options;
  const draft = openDraft(person);
  const applied = new Set<string>();
  const fresh: SeenId[] = [];
  for (const resolved of events) {
    const { event } = resolved;
    if (applied.has(event.id) || spilled.has(event.id)) continue;
    if (isSeen(person.activity.seen, event.id)) continue;
    applied.add(event.id);
    fresh.push([event.originalAt, event.id]);
    foldEvent(draft, resolved, options);
  }
  const { seen, spill } = addSeen(person.activity.seen, fresh);
  const { pid, activity, profile, profileChanged, refused, unlisted } = draft;
  activity.seen = seen;
  // A copy takes just the room it needs, which a list that grew does not
  activity.recent = [...activity.recent];
  activity.computed = pruneComputed(activity.computed, { computed, lastSeenAt: activity.lastSeenAt });
  const claims = [...draft.claims];
  return { person: { pid, activity, profile }, applied, profileChanged, claims, refused, unlisted, spill };
}

/** A person of whom nothing is stored yet. */
export const newPerson = (pid: Pid, createdAt: number): Person => ({
  pid,
  activity: emptyActivity(),
  profile: emptyProfile(createdAt),
});

function foldEvent(
  draft: Draft,
  { event, link, refused }: ResolvedEvent,
  { traits, computed }: FoldOptions,
): void {
  const { activity } = draft;
  activity.firstSeenAt = Math.min(activity.firstSeenAt, event.at);
  activity.lastSeenAt = Math.max(activity.lastSeenAt, event.at);
  count(activity, event);
  for (const { name, currency, minor } of event.amounts) {
    const sums = activity.sums[name] ?? {};
    const sum = addMinor(sums[currency] ?? 0, minor);
    activity.sums = { ...activity.sums, [name]: { ...sums, [currency]: sum } };
  }
  const wanted = computed.byEvent.get(event.name);
  if (wanted !== undefined) activity.computed = foldComputed(activity.computed, event, wanted);
  addRecent(activity.recent, [event.at, event.name, event.id]);
  const refusedTraits = foldTraits(draft, event, traits);
  for (const choice of event.consents) foldConsent(draft, choice, event);
  if (event.email?.suppress !== undefined) foldSuppression(draft, event.email.suppress, event.at);
  for (const identifier of link) foldLink(draft, identifier, event);
  for (const contact of event.contacts) foldContact(draft, contact, event);
  foldEntity(draft, event);
  foldOrigin(draft, event);
  foldRefusals(draft, event, { refused, refusedTraits });
}

type Recent = Activity['recent'][number];

/** Puts an event among the last few, which stand latest first; mostly it is the latest. */
function addRecent(recent: Recent[], event: Recent): void {
  const place = recent.findIndex((other) => compareRecent(event, other) < 0);
  recent.splice(place < 0 ? recent.length : place, 0, event);
  if (recent.length > RECENT_LIMIT) recent.pop();
}

/** The last few of some events, latest first. */
export const latest = (events: readonly Recent[]): Recent[] =>
  events.toSorted(compareRecent).slice(0, RECENT_LIMIT);

const compareRecent = (a: Recent, b: Recent): number => b[0] - a[0] || compareTexts(b[2], a[2]);

function count(activity: Activity, { name, at }: NormalisedEvent): void {
  const known = own(activity.events, name);
  activity.events[name] =
    known === undefined
      ? { count: 1, first: at, last: at }
      : { count: known.count + 1, first: Math.min(known.first, at), last: Math.max(known.last, at) };
  if (known === undefined) {
    const bounded = boundEvents(activity);
    activity.events = bounded.events;
    activity.otherEvents = bounded.otherEvents;
  }
}

/** Keeps the least names ever seen, so that which are kept does not depend on the order they came in. */
export function boundEvents({ events, otherEvents }: Pick<Activity, 'events' | 'otherEvents'>): {
  events: Activity['events'];
  otherEvents: number;
} {
  const named = Object.entries(events);
  if (named.length <= MAX_EVENT_NAMES) return { events, otherEvents };
  named.sort(([a], [b]) => compareTexts(a, b));
  const others = named.splice(MAX_EVENT_NAMES);
  return {
    events: Object.fromEntries(named),
    otherEvents: others.reduce((sum, [, { count }]) => sum + count, otherEvents),
  };
}

const stampOf = ({ at, id, source, messageId }: NormalisedEvent) => ({ at, id, source, messageId });

function foldConsent(draft: Draft, { key, status }: ConsentChoice, event: NormalisedEvent): void {
  const current = own(draft.profile.consents, key);
  const incoming: Consent = { status, ...stampOf(event) };
  if (current === undefined && !hasRoom(draft.profile.consents, key, LIMITS.consentCount)) return;
  if (current !== undefined && laterConsent(current, incoming) === current) return;
  const profile = openProfile(draft);
  profile.consents = leastNames({ ...profile.consents, [key]: incoming }, LIMITS.consentCount);
}

/** The later choice; of two at one instant the one that denies, so that doubt never permits. */
export function laterConsent(a: Consent, b: Consent): Consent {
  const denies = ({ status }: Consent): number => Number(status === 'denied');
  const order = a.at - b.at || denies(a) - denies(b) || compareTexts(a.id, b.id);
  return order >= 0 ? a : b;
}

function foldSuppression(
  draft: Draft,
  { address, reason }: NonNullable<EmailEffect['suppress']>,
  at: number,
): void {
  const email = normalEmail(address);
  if (email === undefined) return;
  const key = `email#${email}`;
  const current = own(draft.profile.suppressed, key);
  const incoming: Suppression = { reason, at };
  if (current === undefined && !hasRoom(draft.profile.suppressed, key, LIMITS.suppressionCount)) return;
  if (current !== undefined && earlierSuppression(current, incoming) === current) return;
  const profile = openProfile(draft);
  profile.suppressed = leastNames({ ...profile.suppressed, [key]: incoming }, LIMITS.suppressionCount);
}

/** The earlier; of two at one instant the complaint, which weighs more. */
export function earlierSuppression(a: Suppression, b: Suppression): Suppression {
  const complains = ({ reason }: Suppression): number => Number(reason === 'complained');
  const order = a.at - b.at || complains(b) - complains(a);
  return order <= 0 ? a : b;
}

/** A row is claimed for each legal entity by itself; on the profile an identifier stands once. */
function foldLink(draft: Draft, identifier: string, event: NormalisedEvent): void {
  if (event.legalEntity === undefined) return;
  draft.claims.add(identityRow(event.legalEntity, identifier));
  if (Object.hasOwn(draft.profile.identifiers, identifier)) return;
  openProfile(draft).identifiers[identifier] = stampOf(event);
}

function foldContact(draft: Draft, address: string, event: NormalisedEvent): void {
  const current = own(draft.profile.contacts, address);
  const incoming = stampOf(event);
  if (current !== undefined && earlierLink(current, incoming) === current) return;
  const contacts = leastNames({ ...draft.profile.contacts, [address]: incoming }, LIMITS.contactCount);
  if (Object.hasOwn(contacts, address)) openProfile(draft).contacts = contacts;
}

/** Whose customer they are, since when. */
function foldEntity(draft: Draft, { legalEntity, at }: NormalisedEvent): void {
  if (legalEntity === undefined) return;
  if (at >= (own(draft.profile.entities, legalEntity) ?? Number.POSITIVE_INFINITY)) return;
  const profile = openProfile(draft);
  profile.entities = { ...profile.entities, [legalEntity]: at };
}

/** Market and brand are those of the earliest event's source. */
function foldOrigin(draft: Draft, event: NormalisedEvent): void {
  for (const field of ORIGIN) {
    const value = event[field];
    if (value === undefined || !isBefore(event, draft.profile[field])) continue;
    openProfile(draft)[field] = { value, at: event.at, id: event.id };
  }
}

const ORIGIN = ['market', 'brand'] as const;

const isBefore = (event: NormalisedEvent, other: Profile['market']): boolean =>
  other === undefined || event.at < other.at || (event.at === other.at && event.id < other.id);

function foldRefusals(draft: Draft, event: NormalisedEvent, more: RefusedOfEvent): void {
  if (more.refused.length + more.refusedTraits.length === 0) return;
  const { refusals, identifiers, unlisted } = addRefusals(draft.profile.refusals, event, more);
  draft.unlisted += unlisted;
  draft.refused.push(...identifiers);
  if (refusals !== draft.profile.refusals) openProfile(draft).refusals = [...refusals];
}
