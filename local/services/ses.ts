import { randomUUID } from 'node:crypto';
import { AwsError, type AwsService } from '#local/gate/aws-call.ts';
import { startInbox } from '#local/inbox/inbox.ts';
import { type EventType, openMailbox } from '#local/inbox/mailbox.ts';
import { jsonService } from './json-service.ts';
import { bounce, click, complaint, EVENT_NAMES, eventDetail, firstOutcomes, open } from './ses-events.ts';
import { bareAddress, readMessage } from './ses-message.ts';
import { track } from './ses-tracking.ts';

export interface SesService {
  readonly service: AwsService;
  /** Where mail is read. */
  readonly url: string;
  createConfigurationSet(set: { name: string }): void;
  addEventDestination(destination: { configurationSet: string; eventTypes: readonly string[] }): void;
  createIdentity(name: string): void;
  /** Tells of what a former process left untold; call it once configuration sets and rules are there. */
  resume(): void;
  close(): Promise<void>;
}

const DAY_MS = 86_400_000;

/**
 * SES v2, with an inbox in place of the world: mail goes to a page, opening it there and following its links are
 * the opens and clicks, and the addresses of the mailbox simulator bounce and complain as they do on AWS.
 *
 * An event is kept before it is published, so a kill between the two delays it and loses none.
 */
export async function openSes(o: {
  dir: string;
  port: number;
  /** Puts an event of source `aws.ses` on the default bus. */
  publish: (detailType: string, detail: unknown) => void;
  region?: string;
  accountId?: string;
}): Promise<SesService> {
  const place = { region: o.region ?? 'eu-west-1', accountId: o.accountId ?? '000000000000' };
  const mailbox = openMailbox(o.dir);
  const configurationSets = new Map<string, Set<string>>();
  const identities = new Set<string>();

  function publishNew(): void {
    for (const event of mailbox.unpublished()) {
      const mail = mailbox.find(event.mail)?.mail;
      if (mail !== undefined && publishes(mail.configurationSet, event.type)) {
        o.publish(EVENT_NAMES[event.type].detailType, eventDetail(event, mail, place));
      }
      mailbox.markPublished(event);
    }
  }

  const publishes = (configurationSet: string | undefined, type: EventType): boolean =>
    configurationSets.get(configurationSet ?? '')?.has(EVENT_NAMES[type].destination) ?? false;

  /** What comes of a mail later on. Nothing more comes of one that bounced. */
  function record(id: string, outcome: { type: EventType; detail: object }): void {
    mailbox.addEvent(id, outcome);
    publishNew();
  }

  const inbox = await startInbox({
    port: o.port,
    mailbox,
    opened: (mail, visitor) => record(mail.id, open(visitor)),
    clicked: (mail, visitor, link) => record(mail.id, click(visitor, link)),
    bounce: (mail) => record(mail.id, bounce([...mail.to, ...mail.cc, ...mail.bcc].map(bareAddress))),
    complain: (mail) => record(mail.id, complaint([...mail.to, ...mail.cc, ...mail.bcc].map(bareAddress))),
  });

  function verify(from: string): void {
    const address = bareAddress(from).toLowerCase();
    const domain = address.slice(address.lastIndexOf('@') + 1);
    // A verified domain speaks for its subdomains too.
    const parents = domain.split('.').map((_, index, labels) => labels.slice(index).join('.'));
    if ([address, ...parents].some((name) => identities.has(name))) return;
    const failed = `The following identities failed the check in region ${place.region.toUpperCase()}: ${address}`;
    throw new AwsError('MessageRejected', `Email address is not verified. ${failed}`);
  }

  const service = jsonService({
    SendEmail(call) {
      const message = readMessage(call);
      const { configurationSet, html } = message;
      if (configurationSet !== undefined && !configurationSets.has(configurationSet)) {
        throw notFound(`Configuration set <${configurationSet}> does not exist.`);
      }
      verify(message.from);
      const id = `${Date.now().toString(16).padStart(16, '0')}-${randomUUID()}-000000`;
      const tracked = track(html ?? '', {
        openUrl: publishes(configurationSet, 'Open') ? `${inbox.url}/open/${id}` : undefined,
        clickUrl: publishes(configurationSet, 'Click')
          ? (index) => `${inbox.url}/click/${id}/${index}`
          : undefined,
      });
      const body = html !== undefined && { html: tracked.html };
      const mail = { ...message, ...body, id, at: Date.now(), links: tracked.links };
      mailbox.add(mail, firstOutcomes(mail));
      publishNew();
      return { MessageId: id };
    },
    GetAccount: () => ({
      DedicatedIpAutoWarmupEnabled: false,
      EnforcementStatus: 'HEALTHY',
      ProductionAccessEnabled: true,
      SendingEnabled: true,
      SendQuota: {
        Max24HourSend: 50_000,
        MaxSendRate: 14,
        SentLast24Hours: mailbox.sentSince(Date.now() - DAY_MS),
      },
    }),
    GetEmailIdentity(call) {
      const name = decodeURIComponent(call.path.split('/').at(-1) ?? '').toLowerCase();
      if (!identities.has(name)) throw notFound(`Email identity ${name} does not exist.`);
      return {
        IdentityType: name.includes('@') ? 'EMAIL_ADDRESS' : 'DOMAIN',
        VerificationStatus: 'SUCCESS',
        VerifiedForSendingStatus: true,
      };
    },
  });

  return {
    service,
    url: inbox.url,
    createConfigurationSet: ({ name }) =>
      void configurationSets.set(name, configurationSets.get(name) ?? new Set()),
    addEventDestination({ configurationSet, eventTypes }) {
      const types = configurationSets.get(configurationSet) ?? new Set();
      // CloudFormation writes `renderingFailure` where the API writes `RENDERING_FAILURE`.
      for (const type of eventTypes) types.add(type.toUpperCase());
      configurationSets.set(configurationSet, types);
    },
    createIdentity: (name) => void identities.add(name.toLowerCase()),
    resume: publishNew,
    async close() {
      await inbox.close();
      mailbox.close();
    },
  };
}

const notFound = (message: string) => new AwsError('NotFoundException', message, 404);
