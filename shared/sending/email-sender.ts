/** An e-mail as it is handed to the provider. */
export interface EmailMessage {
  readonly from: string;
  readonly replyTo?: string;
  readonly to: string;
  readonly subject: string;
  readonly html: string;
  readonly text?: string;
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  /** Come back with every event of this message. Letters, digits, `_` and `-`, at most 256. */
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * What came of handing a message over:
 * - `accepted`: the provider took it;
 * - `throttled`: not taken, because of the rate or the quota; later it may be;
 * - `rejected`: not taken, and never will be;
 * - `halted`: not taken, for a reason that has nothing to do with the message: nobody's will be,
 *   until a person mends it, whom `detail` tells what it is;
 * - `unknown`: no clear answer, so it may have been taken.
 */
export type SendResult =
  | { readonly kind: 'accepted'; readonly providerMessageId: string }
  | { readonly kind: 'throttled' }
  | { readonly kind: 'rejected'; readonly reason: string }
  | { readonly kind: 'halted'; readonly reason: string; readonly detail: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Hands e-mails to a provider. Its promises are tested in `test/contract/email-sender.ts`. */
export interface EmailSender {
  /** Hands a message over at most once: it never tries again by itself, and never throws. */
  send(message: EmailMessage): Promise<SendResult>;
}
