import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { withoutPersonalData } from '#functions/runtime/fault.ts';
import type { EmailMessage, EmailSender, SendResult } from '#shared/sending/email-sender.ts';

/**
 * What SES's errors say of a message, by their names. Every name here is a refusal: the message was
 * not taken. What is not named, a timeout or a fault inside SES, leaves it open.
 * https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
 */
const REFUSALS: ReadonlyMap<string, 'throttled' | 'rejected' | 'halted'> = new Map([
  ['TooManyRequestsException', 'throttled'],
  ['LimitExceededException', 'throttled'],
  ['ThrottlingException', 'throttled'],
  ['Throttling', 'throttled'],
  ['MessageRejected', 'rejected'],
  ['BadRequestException', 'rejected'],
  ['AccountSuspendedException', 'halted'],
  ['SendingPausedException', 'halted'],
  ['MailFromDomainNotVerifiedException', 'halted'],
  ['NotFoundException', 'halted'],
  ['AccessDeniedException', 'halted'],
  ['UnrecognizedClientException', 'halted'],
  ['InvalidClientTokenId', 'halted'],
  ['ExpiredTokenException', 'halted'],
  ['SignatureDoesNotMatch', 'halted'],
]);

/**
 * A client for sending, which asks once: the SDK's own retries would send again what may have gone
 * out. It gives up waiting well before a function that sends runs out of time.
 */
export function sendingClient(config: ConstructorParameters<typeof SESv2Client>[0] = {}): SESv2Client {
  return new SESv2Client({
    ...config,
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 3_000, requestTimeout: 15_000, throwOnRequestTimeout: true },
  });
}

/** Sends through SES v2. The client must be one of {@link sendingClient}. */
export function sesEmailSender({
  client,
  configurationSet,
}: {
  readonly client: SESv2Client;
  readonly configurationSet: string;
}): EmailSender {
  return {
    async send(message) {
      try {
        const { MessageId } = await client.send(command(message, configurationSet));
        if (MessageId === undefined) return { kind: 'unknown', reason: 'NoMessageId' };
        return { kind: 'accepted', providerMessageId: MessageId };
      } catch (error) {
        return resultOf(error);
      }
    },
  };
}

/** Of what is wrong with one message only the name is kept: SES's own words repeat the address. */
function resultOf(error: unknown): SendResult {
  const reason = error instanceof Error ? error.name : 'UnknownError';
  const kind = REFUSALS.get(reason) ?? 'unknown';
  if (kind === 'throttled') return { kind };
  if (kind !== 'halted') return { kind, reason };
  return { kind, reason, detail: withoutPersonalData(error instanceof Error ? error.message : '') };
}

function command(message: EmailMessage, configurationSet: string): SendEmailCommand {
  const { from, replyTo, to, subject, html, text, headers, tags } = message;
  const utf8 = (Data: string) => ({ Data, Charset: 'UTF-8' });
  return new SendEmailCommand({
    FromEmailAddress: from,
    ...(replyTo !== undefined && { ReplyToAddresses: [replyTo] }),
    Destination: { ToAddresses: [to] },
    ConfigurationSetName: configurationSet,
    Content: {
      Simple: {
        Subject: utf8(subject),
        Body: { Html: utf8(html), ...(text !== undefined && { Text: utf8(text) }) },
        Headers: headers.map(({ name, value }) => ({ Name: name, Value: value })),
      },
    },
    EmailTags: Object.entries(tags).map(([Name, Value]) => ({ Name, Value })),
  });
}
