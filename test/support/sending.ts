import { createHash } from 'node:crypto';
import type { PartPorts } from '#functions/sending/send-part.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { compileSegments } from '#shared/segments/compile.ts';
import { Segment } from '#shared/segments/segment.ts';
import { Campaign } from '#shared/sending/campaign.ts';
import type { EmailMessage, EmailSender, SendResult } from '#shared/sending/email-sender.ts';
import { compileCampaign } from '#shared/sending/render.ts';
import type { SendJob } from '#shared/sending/send-to-person.ts';
import { targetOf } from '#shared/sending/target.ts';
import { DEFAULT_RULES } from '#shared/traits/trait-definition.ts';
import type { MemoryContacts } from './contacts.ts';
import { person, stampedAt } from './person.ts';

export const campaign = (changes: Partial<Campaign> = {}): Campaign =>
  Campaign.parse({
    id: 'spring',
    name: 'Spring',
    segment: 'everybody',
    channel: 'email',
    purpose: 'marketing',
    from: 'Shop <shop@example.com>',
    subject: 'Hello {{ traits.first_name }}',
    html: '<p>{{ traits.first_name }} <a href="{{ unsubscribe_url }}">leave</a></p>',
    ...changes,
  });

/** Whatever they did: nothing at least not once. */
export const EVERYBODY = Segment.parse({
  id: 'everybody',
  name: 'Everybody',
  condition: { event: { name: 'Order Completed', atLeast: 0 } },
});

export const sendJob = (changes: Partial<SendJob> & { readonly campaign?: Campaign } = {}): SendJob => {
  const definition = changes.campaign ?? campaign();
  return {
    run: 'run-1',
    campaign: definition,
    target: targetOf(definition, compileSegments([EVERYBODY], 1)),
    traits: DEFAULT_RULES,
    templates: compileCampaign(definition),
    attempt: 'a1',
    ...changes,
  };
};

/** Somebody who agreed to marketing by e-mail, at the given address. */
export const subscriber = (pid: string, address = `${pid}@example.com`): Person =>
  person(pid, {
    profile: {
      identifiers: { [`email#${address}`]: stampedAt(1) },
      consents: { 'email/marketing': { status: 'granted', ...stampedAt(1) } },
    },
  });

export interface MemorySender extends EmailSender {
  readonly handedOver: EmailMessage[];
  /** What the next messages are answered; afterwards all are accepted. */
  readonly answers: SendResult[];
}

export function memorySender(): MemorySender {
  const handedOver: EmailMessage[] = [];
  const answers: SendResult[] = [];
  return {
    handedOver,
    answers,
    async send(message) {
      const answer = answers.shift() ?? { kind: 'accepted', providerMessageId: `m${handedOver.length}` };
      if (answer.kind === 'accepted' || answer.kind === 'unknown') handedOver.push(message);
      return answer;
    },
  };
}

export function partPorts(
  contacts: MemoryContacts,
  sender: EmailSender,
  changes: Partial<PartPorts> = {},
): PartPorts {
  return {
    people: contacts,
    contacts,
    sender,
    hash: (text) => createHash('sha256').update(text).digest('base64url'),
    unsubscribeUrl: async ({ contact }) => `https://collect.test/u/${contact}`,
    now: () => 1_000,
    remainingMs: () => 240_000,
    sleep: async () => undefined,
    random: () => 0,
    ...changes,
  };
}
