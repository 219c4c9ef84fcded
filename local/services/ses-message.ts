import * as z from 'zod';
import { type AwsCall, AwsError } from '#local/gate/aws-call.ts';
import { readBody } from './json-service.ts';

const MAX_RECIPIENTS = 50;

const oneLine = z.string().regex(/^[^\r\n]*$/, 'must not contain a line break');
const Content = z.strictObject({ Data: z.string(), Charset: z.string().optional() });
const addresses = z.array(oneLine.min(1)).default([]);
const tagText = z
  .string()
  .max(256)
  .regex(/^[A-Za-z0-9_-]+$/, 'only ASCII letters, digits, underscores and dashes are allowed');

// Strict: what SES would heed and this would not (Raw, Template, ListManagementOptions, …) is refused by its name.
// https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
const SendEmail = z.strictObject({
  FromEmailAddress: oneLine.min(1),
  FromEmailAddressIdentityArn: z.string().optional(),
  Destination: z.strictObject({ ToAddresses: addresses, CcAddresses: addresses, BccAddresses: addresses }),
  ReplyToAddresses: addresses,
  FeedbackForwardingEmailAddress: z.string().optional(),
  ConfigurationSetName: z.string().optional(),
  EmailTags: z.array(z.strictObject({ Name: tagText, Value: tagText })).default([]),
  Content: z.strictObject({
    Simple: z.strictObject({
      Subject: Content.extend({ Data: oneLine }),
      Body: z
        .strictObject({ Text: Content.optional(), Html: Content.optional() })
        .refine((body) => body.Text !== undefined || body.Html !== undefined, 'Text or Html is required'),
      Headers: z
        .array(
          z.strictObject({
            Name: z.string().regex(/^[!-9;-~]{1,126}$/, 'is not a header name of at most 126 characters'),
            Value: z.string().regex(/^[ -~]{1,995}$/, 'is not printable ASCII of at most 995 characters'),
          }),
        )
        .max(15)
        .default([]),
    }),
  }),
});

/** A message that SES would accept, as far as can be told without knowing identities and configuration sets. */
export interface Message {
  readonly from: string;
  readonly to: string[];
  readonly cc: string[];
  readonly bcc: string[];
  readonly subject: string;
  readonly text?: string;
  readonly html?: string;
  readonly headers: { name: string; value: string }[];
  readonly tags: Record<string, string[]>;
  readonly configurationSet?: string;
}

/** @throws {AwsError} `BadRequestException` for a message that SES would not take. */
export function readMessage(call: AwsCall): Message {
  const body = readBody(call, SendEmail, 'BadRequestException');
  const { ToAddresses: to, CcAddresses: cc, BccAddresses: bcc } = body.Destination;
  const recipients = [...to, ...cc, ...bcc];
  if (recipients.length === 0) throw refused('at least one recipient is required');
  if (recipients.length > MAX_RECIPIENTS) throw refused(`Recipient count exceeds ${MAX_RECIPIENTS}.`);
  for (const address of [body.FromEmailAddress, ...body.ReplyToAddresses, ...recipients])
    checkAddress(address);

  const { Subject, Body, Headers } = body.Content.Simple;
  return {
    from: body.FromEmailAddress,
    to,
    cc,
    bcc,
    subject: Subject.Data,
    ...(Body.Text && { text: Body.Text.Data }),
    ...(Body.Html && { html: Body.Html.Data }),
    headers: [
      { name: 'From', value: body.FromEmailAddress },
      ...headerOf('Reply-To', body.ReplyToAddresses),
      ...headerOf('To', to),
      ...headerOf('Cc', cc),
      { name: 'Subject', value: Subject.Data },
      { name: 'MIME-Version', value: '1.0' },
      ...Headers.map(({ Name, Value }) => ({ name: Name, value: Value })),
    ],
    tags: Object.fromEntries(body.EmailTags.map(({ Name, Value }) => [Name, [Value]])),
    ...(body.ConfigurationSetName !== undefined && { configurationSet: body.ConfigurationSetName }),
  };
}

/** `ada@example.com` of `Ada <ada@example.com>`. */
export const bareAddress = (address: string): string =>
  (/<([^<>]*)>\s*$/.exec(address)?.[1] ?? address).trim();

function checkAddress(address: string): void {
  if (/^[!-?A-~]+@[A-Za-z0-9.-]+$/.test(bareAddress(address))) return;
  throw refused('Illegal address'); // the address itself is personal data
}

const headerOf = (name: string, values: readonly string[]) =>
  values.length === 0 ? [] : [{ name, value: values.join(', ') }];

const refused = (message: string) => new AwsError('BadRequestException', message);
