import * as z from 'zod';
import { Channel, Purpose } from '#shared/consent/consent.ts';
import type { ContactTime } from '#shared/events/email-events.ts';
import { EpochMs, Pid } from '#shared/events/event.ts';

/**
 * How much is known of a message, least first; a contact only ever moves to the right.
 *
 * - `reserved`: about to be sent by one attempt, which alone may send it;
 * - `unknown`: an attempt ended without an answer, so it may have gone out, and is not sent again;
 * - `failed`: the provider refused it, or it is known that it was not sent;
 * - `sent`: the provider took it. Greatest, since whoever knows that it went out is right.
 */
export const ContactState = z.enum(['reserved', 'unknown', 'failed', 'sent']);
export type ContactState = z.infer<typeof ContactState>;

/** When each thing first happened to a message, as feedback told. */
const firstTimes = {
  delivered: EpochMs.optional(),
  opened: EpochMs.optional(),
  clicked: EpochMs.optional(),
  bounced: EpochMs.optional(),
  complained: EpochMs.optional(),
  unsubscribed: EpochMs.optional(),
};

/** One message to one person, as the `contact#` item keeps it. */
export const Contact = z.strictObject({
  run: z.string().min(1),
  campaign: z.string().min(1),
  channel: Channel,
  purpose: Purpose,
  address: z.string().min(1),
  /** Whom the run's audience names; another than the person written to, if they have merged since. */
  member: Pid,
  /** The attempt that reserved it, and that alone may send or release it. */
  attempt: z.string().min(1),
  state: ContactState,
  reservedAt: EpochMs,
  sentAt: EpochMs.optional(),
  providerMessageId: z.string().optional(),
  /** Why it failed or is unknown, in the provider's word. */
  reason: z.string().optional(),
  ...firstTimes,
});
export type Contact = z.infer<typeof Contact>;

/** A contact's place: the person it was made for, and its id within them. */
export interface ContactKey {
  readonly pid: Pid;
  readonly id: string;
}

/** What an attempt or a later one has to say of a message. */
export interface ContactNews {
  readonly state: Exclude<ContactState, 'reserved'>;
  readonly sentAt?: EpochMs;
  readonly providerMessageId?: string;
  readonly reason?: string;
}

const RANK: Readonly<Record<ContactState, number>> = { reserved: 0, unknown: 1, failed: 2, sent: 3 };

/** The states that a piece of news may replace: those that know less. */
export const statesBelow = (state: ContactState): readonly ContactState[] =>
  ContactState.options.filter((other) => RANK[other] < RANK[state]);

/**
 * Adds news to a contact. News that knows less than the contact changes nothing, so that it does not
 * matter whether a confirmation comes before or after the doubt of a second attempt.
 */
export function advance(contact: Contact, news: ContactNews): Contact {
  return RANK[news.state] > RANK[contact.state] ? { ...contact, ...news } : contact;
}

/** The feedback that only a message which went out can have. */
const PROOFS = [
  'delivered',
  'opened',
  'clicked',
  'bounced',
  'complained',
  'unsubscribed',
] as const satisfies readonly ContactTime[];

/** What is known of a message in the end: feedback proves that it was sent, whatever its sender saw. */
export function knownState(contact: Contact): ContactState {
  return PROOFS.some((proof) => contact[proof] !== undefined) ? 'sent' : contact.state;
}
