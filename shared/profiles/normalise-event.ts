import { Channel, consentKey, Purpose } from '#shared/consent/consent.ts';
import { type EmailEffect, emailEffect } from '#shared/events/email-events.ts';
import type { CollectedEvent, EpochMs } from '#shared/events/event.ts';
import { isJson } from '#shared/events/json.ts';
import { LIMITS } from '#shared/events/limits.ts';
import type { IdentityStrategy, SourceStamp } from '#shared/events/stream-record.ts';
import { identityRow } from '#shared/identity/identifier.ts';
import { nameTheSame, readIdentifiers } from '#shared/identity/read-identifiers.ts';
import { DEFAULT_IDENTITY, type IdentityRules } from '#shared/identity/rules.ts';
import { fingerprint } from '#shared/kernel/fingerprint.ts';
import { memo } from '#shared/kernel/memo.ts';
import { jsonBytes, utf8Bytes } from '#shared/kernel/utf8-bytes.ts';
import { type Amount, amountsOf } from '#shared/traits/computed-traits.ts';
import type { RefusedTrait } from './refusals.ts';
import { readSubscriptions } from './subscriptions.ts';

/** A consent that an event states. */
export interface ConsentChoice {
  /** `<channel>/<purpose>` */
  readonly key: string;
  readonly status: 'granted' | 'denied';
}

/** An event as the fold takes it: everything in its normal form, nothing left to look up. */
export interface NormalisedEvent {
  /** The fingerprint of (source, messageId): what makes two copies one event. */
  readonly id: string;
  readonly messageId: string;
  readonly source: string;
  /** By the server's clock. */
  readonly at: EpochMs;
  /** By the sender's clock, the same in every copy: 0 where the sender gave no time. */
  readonly originalAt: EpochMs;
  readonly receivedAt: EpochMs;
  /** The name of a track call; the call's own type otherwise. */
  readonly name: string;
  /** Keys of identifiers, strongest first. */
  readonly identifiers: readonly string[];
  /** Their rows in the legal entity, in the same order; none without one. */
  readonly rows: readonly string[];
  /** Keys of addresses that reach the person and do not point at them. */
  readonly contacts: readonly string[];
  /** The id that an alias call says its user had before. */
  readonly previousId?: string | undefined;
  /** Whose customer it is of; absent where it names its person. */
  readonly legalEntity?: string | undefined;
  readonly strategy?: IdentityStrategy | undefined;
  readonly traits: readonly (readonly [name: string, value: unknown])[];
  readonly consents: readonly ConsentChoice[];
  readonly amounts: readonly Amount[];
  /** Traits that are larger than a profile takes. */
  readonly refusedTraits: readonly RefusedTrait[];
  /** Of the source, ISO 3166 alpha-2. */
  readonly country?: string | undefined;
  readonly market?: string | undefined;
  readonly brand?: string | undefined;
  /** What an event of the e-mail spec means for the person. */
  readonly email?: EmailEffect | undefined;
  readonly collected: CollectedEvent;
}

const NOTHING: readonly never[] = [];

/** How events of one record are normalised. */
export interface NormaliseOptions {
  readonly source: SourceStamp;
  readonly receivedAt: EpochMs;
  /** @default what counts without settings */
  readonly identity?: IdentityRules;
}

/**
 * Brings the events of one record into their normal form: identifiers, traits, consents and amounts.
 *
 * An event that names whom the one before it named has that one's very list of identifiers, by which
 * planning knows that both are one person's. Most events of a request are such, and to read, build and
 * look up their keys each time took an eighth of all the work.
 */
export function normaliseEvents(
  events: readonly CollectedEvent[],
  options: NormaliseOptions,
): readonly NormalisedEvent[] {
  let previous: NormalisedEvent | undefined;
  return events.map((event) => {
    previous = normalise(event, options, previous);
    return previous;
  });
}

/** Brings an event into its normal form. */
export const normaliseEvent = (event: CollectedEvent, options: NormaliseOptions): NormalisedEvent =>
  normalise(event, options, undefined);

function normalise(
  event: CollectedEvent,
  { source, receivedAt, identity = DEFAULT_IDENTITY }: NormaliseOptions,
  previous: NormalisedEvent | undefined,
): NormalisedEvent {
  const isIdentify = event.type === 'identify';
  const said = isIdentify ? traitsOf(event) : undefined;
  const { traits, refusedTraits } = said === undefined ? NO_TRAITS : sortTraits(said);
  const email = emailEffect(event.event, event.properties);
  const isAlike = previous !== undefined && nameTheSame(event, previous.collected);
  const { identifiers, contacts, previousId } = isAlike
    ? previous
    : readIdentifiers(event, said, { source, identity });
  return {
    id: fingerprint(source.id, event.messageId),
    messageId: event.messageId,
    source: source.id,
    at: event.timestamp,
    originalAt: event.originalTimestamp ?? 0,
    receivedAt,
    name: event.event === undefined ? event.type : oneName(event.event),
    identifiers,
    rows: isAlike ? previous.rows : rowsIn(source.legalEntity, identifiers),
    contacts,
    previousId,
    legalEntity: source.legalEntity,
    strategy: source.identity,
    traits,
    refusedTraits,
    consents: isIdentify ? readSubscriptions(event.context) : denials(email),
    amounts: event.type === 'track' ? amountsOf(event) : NOTHING,
    country: source.country,
    market: source.market,
    brand: source.brand,
    email,
    collected: event,
  };
}

const rowsIn = (legalEntity: string | undefined, identifiers: readonly string[]): readonly string[] =>
  legalEntity === undefined ? NOTHING : identifiers.map((key) => identityRow(legalEntity, key));

/**
 * The same text for the same name. Each event's JSON makes another, which V8 looks up among all its
 * property names each time that it stands for one: 3 % of all the work, and one text more for each of a
 * person's last events.
 */
const oneName = (name: string): string => names(name, () => name);
const names = memo<string>(1_000);

/** What an event denies; a channel or purpose that is none of ours stands for the general one. */
function denials(email: EmailEffect | undefined): readonly ConsentChoice[] {
  if (email?.deny === undefined) return NOTHING;
  const channel = Channel.safeParse(email.deny.channel);
  const purpose = Purpose.safeParse(email.deny.purpose);
  const key = consentKey(channel.data ?? 'email', purpose.data ?? 'marketing');
  return [{ key, status: 'denied' }];
}

/** What an identify call says of its person: RudderStack's browser SDK says it in `context.traits` alone. */
export function traitsOf(event: CollectedEvent): Readonly<Record<string, unknown>> | undefined {
  const inContext = event.context?.traits;
  return isJson(inContext) ? { ...inContext, ...event.traits } : event.traits;
}

const NO_TRAITS = { traits: NOTHING, refusedTraits: NOTHING };

function sortTraits(
  said: Readonly<Record<string, unknown>>,
): Pick<NormalisedEvent, 'traits' | 'refusedTraits'> {
  const traits: [string, unknown][] = [];
  const refusedTraits: RefusedTrait[] = [];
  for (const [name, value] of Object.entries(said)) {
    if (value === undefined || name === '' || isLongerThan(LIMITS.traitNameBytes, name)) continue;
    if (isTooLarge(value)) refusedTraits.push({ name, reason: 'too_large' });
    else traits.push([name, value]);
  }
  return { traits, refusedTraits };
}

/** Whether a value as JSON has more bytes than a trait may; a text without its quotes. */
function isTooLarge(value: unknown): boolean {
  if (typeof value === 'string') return isLongerThan(LIMITS.traitBytes, value);
  return utf8Bytes(JSON.stringify(value)) > LIMITS.traitBytes;
}

/** A UTF-16 unit becomes six bytes of JSON at most, so that most texts need not be counted. */
const isLongerThan = (bytes: number, text: string): boolean =>
  text.length * 6 > bytes && (text.length > bytes || jsonBytes(text) > bytes);
