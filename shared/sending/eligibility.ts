import { type Channel, consentKey, type Purpose } from '#shared/consent/consent.ts';
import type { EpochMs } from '#shared/events/event.ts';
import type { IdentifierType } from '#shared/identity/identifier.ts';
import { own } from '#shared/kernel/own.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { addressesOf, currentIdentifier } from '#shared/profiles/current-identifier.ts';
import type { Consent, Profile } from '#shared/profiles/profile.ts';
import { traitValue } from '#shared/profiles/trait-value.ts';
import type { TraitRules } from '#shared/traits/trait-definition.ts';
import type { OffTarget, Target } from './target.ts';

/** What a message is about to be, for which we ask whether a person may get it. */
export interface Contemplated {
  /** Whom it is for. */
  readonly target: Target;
  readonly traits: TraitRules;
  readonly channel: Channel;
  readonly purpose: Purpose;
  /** When it would go out. */
  readonly at: EpochMs;
}

/**
 * Why a person is left out, besides not being meant:
 * - `suppressed`: every address of theirs bounced for good or complained;
 * - `consent_denied`: they said no;
 * - `no_consent`: they never said yes;
 * - `unreachable`: we know no address of theirs for this channel.
 */
export type Ineligible = OffTarget | 'suppressed' | 'consent_denied' | 'no_consent' | 'unreachable';

export type Eligibility =
  | { readonly eligible: true; readonly address: string }
  | { readonly eligible: false; readonly reason: Ineligible };

/** Receipts and the like answer something that the person did: they need no consent, and a refusal still holds. */
export const TRANSACTIONAL: Purpose = 'transactional';

/** A channel's general choice, as Segment's SDKs send it beside the choices for single purposes. */
const GENERAL: Purpose = 'marketing';

/** The identifiers that are addresses of a channel. */
const ADDRESSES: Readonly<Record<Channel, readonly IdentifierType[]>> = {
  email: ['email'],
  sms: ['phone'],
  ads: ['email', 'phone'],
  post: [],
};

/**
 * Decides whether a person may be reached for a purpose on a channel, and where. Every way out asks
 * here, at the moment of sending, and keeps the reason of everyone left out.
 *
 * The order is fixed, so that a person's reason is the same whoever asks: off target, suppressed,
 * consent, reachable. Of several addresses that may still be written to it is the one that the person's trait
 * names now, or else the one linked last.
 */
export function eligibility(person: Person, message: Contemplated): Eligibility {
  const off = message.target(person, message.at);
  if (off !== undefined) return { eligible: false, reason: off };

  const { profile } = person;
  const types = ADDRESSES[message.channel];
  const known = addressesOf(profile, types).map(([key]) => key);
  const isOpen = (key: string): boolean => own(profile.suppressed, key) === undefined;
  if (known.length > 0 && !known.some(isOpen)) return { eligible: false, reason: 'suppressed' };

  const refusal = refusedBy(profile, message);
  if (refusal !== undefined) return { eligible: false, reason: refusal };

  const address =
    message.channel === 'post'
      ? postalAddress(traitValue('address', message.traits)(person))
      : currentIdentifier(person, types, { traits: message.traits, isOpen });
  return address === undefined ? { eligible: false, reason: 'unreachable' } : { eligible: true, address };
}

function refusedBy(profile: Profile, { channel, purpose, at }: Contemplated): Ineligible | undefined {
  const own = profile.consents[consentKey(channel, purpose)];
  if (own?.status === 'denied') return 'consent_denied';
  if (purpose === TRANSACTIONAL) return undefined;
  // A grant counts from its time on
  if (own === undefined || own.at > at) return 'no_consent';
  const general = profile.consents[consentKey(channel, GENERAL)];
  return general?.status === 'denied' && !isEarlier(general, own) ? 'consent_denied' : undefined;
}

/** A tie is no: who said yes and no at once has not clearly said yes. */
const isEarlier = (a: Consent, b: Consent): boolean => a.at < b.at;

const POSTAL_PARTS = ['street', 'postalCode', 'city', 'state', 'country'];

/** The parts of Segment's `address` trait on one line; a plain text is taken as it is. */
function postalAddress(value: unknown): string | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : value.trim();
  if (typeof value !== 'object' || value === null) return undefined;
  const said = new Map<string, unknown>(Object.entries(value));
  const parts = POSTAL_PARTS.map((part) => said.get(part)).filter((part) => typeof part === 'string');
  return parts.length === 0 ? undefined : parts.join(', ');
}
