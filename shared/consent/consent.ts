import * as z from 'zod';

/** A way to reach a person. */
export const Channel = z.enum(['email', 'sms', 'post', 'ads']);
export type Channel = z.infer<typeof Channel>;

/** What a message is for: `marketing`, `newsletter` … as the company names its purposes. */
export const Purpose = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,49}$/, 'lower case letters, digits, - and _, at most 50, a letter first');
export type Purpose = z.infer<typeof Purpose>;

/** The key of a consent on a profile: `email/marketing`. */
export const consentKey = (channel: Channel, purpose: Purpose): string => `${channel}/${purpose}`;
