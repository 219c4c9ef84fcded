import { createHash } from 'node:crypto';
import type { KeyedStreamRecord } from '#functions/adapters/kinesis/events-stream.ts';
import { type EmailEventName, FEEDBACK_SOURCE } from '#shared/events/email-events.ts';
import { Pid } from '#shared/events/event.ts';
import { dropped, type Outcome, ok } from '#shared/kernel/outcome.ts';
import { MESSAGE_TAGS } from '#shared/sending/message.ts';
import type { SesEvent } from './ses-event.ts';

type Detail = SesEvent['detail'];

/** The events of SES that say something of a person, with the part of the event that says it. */
const KINDS = {
  Delivery: { name: 'Email Delivered', part: 'delivery' },
  Bounce: { name: 'Email Bounced', part: 'bounce' },
  Complaint: { name: 'Email Marked as Spam', part: 'complaint' },
  Open: { name: 'Email Opened', part: 'open' },
  Click: { name: 'Email Link Clicked', part: 'click' },
} as const satisfies Record<string, { name: EmailEventName; part: keyof Detail }>;

type Kind = keyof typeof KINDS;

const isKind = (type: string): type is Kind => type in KINDS;

/**
 * Why an event of SES says nothing of a person:
 * - `Type`: it is of a kind that changes nothing, as that of sending;
 * - `NotOurs`: its mail carries none of our tags;
 * - `Bot`: a machine opened or clicked.
 */
export type Unsaid = 'Type' | 'NotOurs' | 'Bot';

/**
 * Turns an event of SES into one of the stream, addressed to the person whom the mail's tags name and
 * never to whoever else has the address.
 *
 * Its id follows from what happened, so that an event delivered twice is one. A complaint counts from
 * when we hear of it: the consent it takes back must not look older than it is.
 */
export function streamRecordOf({ time, detail }: SesEvent): Outcome<KeyedStreamRecord> {
  const { eventType, mail, click, bounce } = detail;
  if (!isKind(eventType)) return dropped('Type' satisfies Unsaid);
  const tags = tagsOf(mail.tags);
  if (tags === undefined) return dropped('NotOurs' satisfies Unsaid);
  if (isBot(detail)) return dropped('Bot' satisfies Unsaid);

  const { name, part } = KINDS[eventType];
  const receivedAt = Date.parse(time);
  const happened = detail[part]?.timestamp ?? time;
  const originalTimestamp = Date.parse(happened);
  const timestamp = eventType === 'Complaint' ? receivedAt : Math.min(originalTimestamp, receivedAt);
  const [email] = mail.destination;

  return ok({
    partitionKey: `pid#${tags.pid}`,
    record: {
      v: 1,
      source: { id: FEEDBACK_SOURCE },
      receivedAt,
      person: { pid: tags.pid, contact: tags.contact },
      events: [
        {
          type: 'track',
          messageId: hash([mail.messageId, eventType, happened, click?.link ?? '']),
          timestamp,
          originalTimestamp,
          event: name,
          properties: {
            campaign_id: tags.campaign,
            run_id: tags.run,
            contact_id: tags.contact,
            channel: 'email',
            purpose: tags.purpose,
            ...(email !== undefined && { email }),
            ...(eventType === 'Click' && click !== undefined && { link_url: withoutToken(click.link) }),
            ...(eventType === 'Bounce' && bounce !== undefined && { bounce_type: bounce.bounceType }),
          },
        },
      ],
    },
  });
}

function tagsOf(tags: Detail['mail']['tags']) {
  const pid = Pid.safeParse(tags[MESSAGE_TAGS.pid]?.[0]);
  const contact = tags[MESSAGE_TAGS.contact]?.[0];
  const [run, campaign, purpose] = [MESSAGE_TAGS.run, MESSAGE_TAGS.campaign, MESSAGE_TAGS.purpose].map(
    (name) => tags[name]?.[0],
  );
  if (!pid.success || contact === undefined || contact.length > 64) return undefined;
  if (run === undefined || campaign === undefined || purpose === undefined) return undefined;
  return { pid: pid.data, contact, run, campaign, purpose };
}

const isBot = ({ eventType, isBotEvent, open, click }: Detail): boolean =>
  (eventType === 'Open' || eventType === 'Click') &&
  [isBotEvent, open?.isBotEvent, click?.isBotEvent].includes(true);

const MAX_LINK_LENGTH = 2_000;

/** Whoever holds the token of an unsubscribe link can unsubscribe: it is not kept in a profile. */
const withoutToken = (link: string): string =>
  link.slice(0, MAX_LINK_LENGTH).replace(/\/u\/[\w-]+\.[\w-]+\.[\w-]*.*$/, '/u/');

const hash = (parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
