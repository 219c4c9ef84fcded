import type { Campaign } from './campaign.ts';
import type { EmailMessage } from './email-sender.ts';
import type { ContactKey } from './ledger.ts';
import { formatMailbox, parseMailbox } from './mailbox.ts';
import type { RenderedEmail } from './render.ts';

/** The tags by which the provider's events find their way back to the contact. */
export const MESSAGE_TAGS = {
  contact: 'contact',
  pid: 'pid',
  run: 'run',
  campaign: 'campaign',
  purpose: 'purpose',
} as const;

/**
 * Puts a mail together for one contact: its addresses, tags, and the headers by which a mail client
 * shows its own unsubscribe button. https://www.rfc-editor.org/rfc/rfc8058
 */
export function composeEmail(o: {
  readonly campaign: Campaign;
  readonly rendered: RenderedEmail;
  readonly key: ContactKey;
  readonly run: string;
  readonly address: string;
  readonly unsubscribeUrl: string | undefined;
}): EmailMessage {
  const { campaign, rendered, key } = o;
  return {
    from: header(campaign.from),
    ...(campaign.replyTo !== undefined && { replyTo: header(campaign.replyTo) }),
    to: o.address,
    ...rendered,
    headers: o.unsubscribeUrl === undefined ? [] : unsubscribeHeaders(o.unsubscribeUrl),
    tags: {
      [MESSAGE_TAGS.contact]: tag(key.id),
      [MESSAGE_TAGS.pid]: tag(key.pid),
      [MESSAGE_TAGS.run]: tag(o.run),
      [MESSAGE_TAGS.campaign]: tag(campaign.id),
      [MESSAGE_TAGS.purpose]: tag(campaign.purpose),
    },
  };
}

const unsubscribeHeaders = (url: string): EmailMessage['headers'] => [
  { name: 'List-Unsubscribe', value: `<${url}>` },
  { name: 'List-Unsubscribe-Post', value: 'List-Unsubscribe=One-Click' },
];

function header(text: string): string {
  const mailbox = parseMailbox(text);
  if (mailbox === undefined) throw new Error('a stored campaign has a sender that is no address');
  return formatMailbox(mailbox);
}

/** A tag that does not come back as it was would leave its events without a person. */
function tag(value: string): string {
  if (!/^[A-Za-z0-9_-]{1,256}$/.test(value)) {
    throw new Error('an id is no message tag of SES: letters, digits, _ and -, at most 256');
  }
  return value;
}
