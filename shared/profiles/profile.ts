import * as z from 'zod';
import { EpochMs, Pid } from '#shared/events/event.ts';
import { RefusalReason } from '#shared/identity/refusal.ts';
import { Trait } from '#shared/traits/trait.ts';

/**
 * When and by what a register was last written. `id` is the fingerprint of (source, messageId):
 * registers are ordered by (`at`, `id`), the same on every replica.
 */
const stamp = { at: EpochMs, id: z.string(), source: z.string(), messageId: z.string() };

/** When and by which event an identifier was linked. */
export const Link = z.strictObject(stamp);
export type Link = z.infer<typeof Link>;

/** What a person agreed to for one `<channel>/<purpose>`. */
export const Consent = z.strictObject({ status: z.enum(['granted', 'denied']), ...stamp });
export type Consent = z.infer<typeof Consent>;

/** An address that a provider told us not to write to again. */
export const Suppression = z.strictObject({ reason: z.enum(['bounced', 'complained']), at: EpochMs });
export type Suppression = z.infer<typeof Suppression>;

/** What an event said and was not taken, and why: an identifier over its limit, a trait that is too large or of another type. */
export const Refusal = z.strictObject({
  identifier: z.string(),
  reason: RefusalReason,
  /** When it was received. */
  at: EpochMs,
  messageId: z.string(),
  /** Whose the identifier is. */
  other: Pid.optional(),
});
export type Refusal = z.infer<typeof Refusal>;

/** Who a person is: the `!profile` item, written only when something in it changes. */
export const Profile = z.strictObject({
  /** The earliest receipt of an event of theirs: merges keep the oldest person. */
  createdAt: EpochMs,
  /** By `<type>#<value>`. */
  identifiers: z.record(z.string(), Link),
  /** Addresses by `<type>#<value>` that reach the person and do not point at them. */
  contacts: z.record(z.string(), Link),
  /** The legal entities whose customer they are, with the time of the earliest event. */
  entities: z.record(z.string(), EpochMs),
  traits: z.record(z.string(), Trait),
  /** By `<channel>/<purpose>`, `email/marketing`. */
  consents: z.record(z.string(), Consent),
  /** By `email#<address>`. */
  suppressed: z.record(z.string(), Suppression),
  /** Of the source of their earliest event. */
  market: z.strictObject({ value: z.string(), at: EpochMs, id: z.string() }).optional(),
  brand: z.strictObject({ value: z.string(), at: EpochMs, id: z.string() }).optional(),
  /** The people who turned out to be this one, with the time of the merge. */
  absorbed: z.record(Pid, EpochMs),
  /** The people from whom an un-merge set this one apart, and when: no event merges them again. */
  parted: z.record(Pid, EpochMs),
  refusals: z.array(Refusal),
});
export type Profile = z.infer<typeof Profile>;

/** What most people have none of: one for all of them, which nobody writes to. */
const NOTHING = Object.freeze({});

export const emptyProfile = (createdAt: EpochMs): Profile => ({
  createdAt,
  identifiers: NOTHING,
  contacts: NOTHING,
  entities: NOTHING,
  traits: NOTHING,
  consents: NOTHING,
  suppressed: NOTHING,
  absorbed: NOTHING,
  parted: NOTHING,
  refusals: [],
});

/** The pids that a person had besides their own. */
export const absorbedBy = ({ absorbed }: Profile): readonly Pid[] =>
  Object.keys(absorbed).map((pid) => Pid.parse(pid));
