import { randomUUID } from 'node:crypto';
import type { EventType, Mail } from '#local/inbox/mailbox.ts';
import { bareAddress } from './ses-message.ts';

/** How SES's event types are called in event destinations, on EventBridge and within the event. */
export const EVENT_NAMES: Readonly<
  Record<EventType, { destination: string; detailType: string; key: string }>
> = {
  // https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-ses.html
  Send: { destination: 'SEND', detailType: 'Email Sent', key: 'send' },
  Delivery: { destination: 'DELIVERY', detailType: 'Email Delivered', key: 'delivery' },
  Open: { destination: 'OPEN', detailType: 'Email Opened', key: 'open' },
  Click: { destination: 'CLICK', detailType: 'Email Clicked', key: 'click' },
  Bounce: { destination: 'BOUNCE', detailType: 'Email Bounced', key: 'bounce' },
  Complaint: { destination: 'COMPLAINT', detailType: 'Email Complaint Received', key: 'complaint' },
};

/** What came of a mail, with the object that its event carries. */
interface Outcome {
  readonly type: EventType;
  readonly detail: object;
}

// The shapes: https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html

/** What comes of a mail at once: it is delivered, save where the mailbox simulator is asked for something else. */
export function firstOutcomes(mail: Mail): Outcome[] {
  const recipients = [...mail.to, ...mail.cc, ...mail.bcc].map(bareAddress);
  const simulated = (...kinds: string[]) => recipients.filter((to) => kinds.includes(simulation(to) ?? ''));
  const rejected = simulated('bounce', 'suppressionlist');
  const delivered = recipients.filter((to) => !rejected.includes(to));
  const suppressed = simulated('suppressionlist');
  const bounced = simulated('bounce');
  const complained = simulated('complaint');
  return [
    { type: 'Send', detail: {} },
    ...(delivered.length > 0 ? [delivery(delivered, mail.at)] : []),
    ...(bounced.length > 0 ? [bounce(bounced)] : []),
    ...(suppressed.length > 0 ? [bounce(suppressed, 'Suppressed')] : []),
    ...(complained.length > 0 ? [complaint(complained)] : []),
  ];
}

/** https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html#send-email-simulator */
const simulation = (address: string): string | undefined =>
  /^(bounce|complaint|ooto|success|suppressionlist)(?:\+[^@]*)?@simulator\.amazonses\.com$/i
    .exec(address)?.[1]
    ?.toLowerCase();

const delivery = (recipients: readonly string[], sentAt: number): Outcome => ({
  type: 'Delivery',
  detail: {
    timestamp: now(),
    processingTimeMillis: Date.now() - sentAt,
    recipients,
    smtpResponse: '250 2.0.0 OK',
    reportingMTA: 'local.smtp-out.amazonses.com',
  },
});

export const bounce = (
  recipients: readonly string[],
  bounceSubType: 'General' | 'Suppressed' = 'General',
): Outcome => ({
  type: 'Bounce',
  detail: {
    bounceType: 'Permanent',
    bounceSubType,
    bouncedRecipients: recipients.map((emailAddress) => ({
      emailAddress,
      action: 'failed',
      status: '5.1.1',
      diagnosticCode: 'smtp; 550 5.1.1 user unknown',
    })),
    timestamp: now(),
    feedbackId: randomUUID(),
    reportingMTA: 'dsn; local.smtp-out.amazonses.com',
  },
});

export const complaint = (recipients: readonly string[]): Outcome => ({
  type: 'Complaint',
  detail: {
    complainedRecipients: recipients.map((emailAddress) => ({ emailAddress })),
    timestamp: now(),
    feedbackId: randomUUID(),
    complaintSubType: null,
    complaintFeedbackType: 'abuse',
    userAgent: 'local inbox',
    arrivalDate: now(),
  },
});

interface Visitor {
  readonly ipAddress: string;
  readonly userAgent: string;
}
export const open = (visitor: Visitor): Outcome => ({
  type: 'Open',
  detail: { ...visitor, timestamp: now() },
});

export const click = (visitor: Visitor, link: Mail['links'][number]): Outcome => ({
  type: 'Click',
  detail: { ...visitor, timestamp: now(), link: link.url, linkTags: emptyAsNull(link.tags) },
});

/** The event as SES publishes it: what came of the mail, and the mail. */
export function eventDetail(outcome: Outcome, mail: Mail, o: { region: string; accountId: string }): object {
  const sender = bareAddress(mail.from);
  const domain = sender.slice(sender.lastIndexOf('@') + 1);
  const replyTo = mail.headers.filter(({ name }) => name === 'Reply-To').map(({ value }) => value);
  return {
    eventType: outcome.type,
    mail: {
      timestamp: new Date(mail.at).toISOString(),
      source: mail.from,
      sourceArn: `arn:aws:ses:${o.region}:${o.accountId}:identity/${domain}`,
      sendingAccountId: o.accountId,
      messageId: mail.id,
      destination: [...mail.to, ...mail.cc, ...mail.bcc].map(bareAddress),
      headersTruncated: false,
      headers: mail.headers,
      commonHeaders: {
        ...(replyTo.length > 0 && { replyTo }),
        from: [mail.from],
        to: mail.to,
        ...(mail.cc.length > 0 && { cc: mail.cc }),
        messageId: mail.id,
        subject: mail.subject,
      },
      tags: {
        'ses:configuration-set': [mail.configurationSet ?? ''],
        'ses:source-ip': ['127.0.0.1'],
        'ses:from-domain': [domain],
        'ses:caller-identity': ['local'],
        ...(outcome.type === 'Delivery' && { 'ses:outgoing-ip': ['127.0.0.1'] }),
        ...mail.tags,
      },
    },
    [EVENT_NAMES[outcome.type].key]: outcome.detail,
  };
}

const now = () => new Date().toISOString();
const emptyAsNull = (tags: Record<string, string[]>) => (Object.keys(tags).length === 0 ? null : tags);
