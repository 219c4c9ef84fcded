import * as z from 'zod';

/**
 * What the events of Segment's e-mail spec, which feedback and unsubscribing put on the stream, mean
 * for the person. https://segment.com/docs/connections/spec/email/
 */
export const EMAIL_EVENTS = {
  'Email Delivered': { contact: 'delivered' },
  'Email Opened': { contact: 'opened' },
  'Email Link Clicked': { contact: 'clicked' },
  'Email Bounced': { contact: 'bounced' },
  'Email Marked as Spam': { contact: 'complained' },
  Unsubscribed: { contact: 'unsubscribed' },
} as const;

export const EmailEventName = z.enum([
  'Email Delivered',
  'Email Opened',
  'Email Link Clicked',
  'Email Bounced',
  'Email Marked as Spam',
  'Unsubscribed',
]);
export type EmailEventName = z.infer<typeof EmailEventName>;

const NAMES: ReadonlySet<string | undefined> = new Set(EmailEventName.options);

/** The first time of each of these stands in the `contact#` item. */
export type ContactTime = (typeof EMAIL_EVENTS)[EmailEventName]['contact'];

/** The ids of the sources that may say these things of a person they name by pid. */
export const FEEDBACK_SOURCE = 'ses';
export const UNSUBSCRIBE_SOURCE = 'unsubscribe';

/** The properties of an e-mail event that comes from us; another tool's may lack any of them. */
export const EmailEventProperties = z.object({
  campaign_id: z.string().optional(),
  run_id: z.string().optional(),
  contact_id: z.string().optional(),
  email: z.string().optional(),
  link_url: z.string().optional(),
  /** SES's word: only `Permanent` means that the address will never work. */
  bounce_type: z.string().optional(),
  channel: z.string().optional(),
  purpose: z.string().optional(),
});
export type EmailEventProperties = z.infer<typeof EmailEventProperties>;

/** What an e-mail event changes of a person. */
export interface EmailEffect {
  /** The field of `contact#` that gets this event's time, if it has no earlier one. */
  readonly contact: ContactTime;
  /** An address that must not be written to again. */
  readonly suppress?: { readonly address: string; readonly reason: 'bounced' | 'complained' };
  /** A consent that becomes `denied`. */
  readonly deny?: { readonly channel: string; readonly purpose: string };
}

/**
 * Decides what an e-mail event changes of a person; `undefined` for any other event.
 *
 * A bounce suppresses the address only when it is permanent. A complaint suppresses it and denies the
 * purpose, since the person has said no in the strongest way there is; without a purpose, by us or by
 * another tool, it is marketing that is denied.
 */
export function emailEffect(name: string | undefined, properties: unknown): EmailEffect | undefined {
  // Almost every event is another, and to parse a name that is none makes an error with a trace
  if (!NAMES.has(name)) return undefined;
  const event = EmailEventName.safeParse(name);
  if (!event.success) return undefined;
  const parsed = EmailEventProperties.safeParse(properties ?? {});
  const said = parsed.success ? parsed.data : {};
  const { contact } = EMAIL_EVENTS[event.data];
  const deny = { channel: said.channel ?? 'email', purpose: said.purpose ?? 'marketing' };

  if (contact === 'unsubscribed') return { contact, deny };
  if (contact === 'complained') return { contact, deny, ...suppress(said.email, 'complained') };
  if (contact === 'bounced' && said.bounce_type === 'Permanent') {
    return { contact, ...suppress(said.email, 'bounced') };
  }
  return { contact };
}

const suppress = (
  address: string | undefined,
  reason: 'bounced' | 'complained',
): Pick<EmailEffect, 'suppress'> => (address === undefined ? {} : { suppress: { address, reason } });
