import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { sendingClient, sesEmailSender } from '#functions/adapters/ses/email-sender.ts';
import type { EmailMessage, EmailSender } from '#shared/sending/email-sender.ts';
import { emailSenderContract, type ProviderAnswer } from '#test/contract/email-sender.ts';
import { memorySender } from '#test/support/sending.ts';

const Content = z.object({ Data: z.string() }).transform(({ Data }) => Data);
const Sent = z.object({
  FromEmailAddress: z.string(),
  ReplyToAddresses: z.array(z.string()).length(1),
  Destination: z.object({ ToAddresses: z.array(z.string()).length(1) }),
  ConfigurationSetName: z.literal('set'),
  Content: z.object({
    Simple: z.object({
      Subject: Content,
      Body: z.object({ Html: Content, Text: Content }),
      Headers: z.array(z.object({ Name: z.string(), Value: z.string() })),
    }),
  }),
  EmailTags: z.array(z.object({ Name: z.string(), Value: z.string() })),
});

function messageOf(body: string): EmailMessage {
  const { Content: content, ...sent } = Sent.parse(JSON.parse(body));
  const { Subject, Body, Headers } = content.Simple;
  return {
    from: sent.FromEmailAddress,
    replyTo: sent.ReplyToAddresses[0] ?? '',
    to: sent.Destination.ToAddresses[0] ?? '',
    subject: Subject,
    html: Body.Html,
    text: Body.Text,
    headers: Headers.map(({ Name, Value }) => ({ name: Name, value: Value })),
    tags: Object.fromEntries(sent.EmailTags.map(({ Name, Value }) => [Name, Value])),
  };
}

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A provider on this machine that speaks SES's protocol and answers as it is told, by error name or status. */
async function provider(answers: string[]) {
  const taken: EmailMessage[] = [];
  let calls = 0;
  const server = createServer(async (request, response) => {
    calls += 1;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const answer = answers.shift();
    if (answer === 'hang up') {
      request.socket.destroy();
      return;
    }
    response.setHeader('content-type', 'application/json');
    if (answer === 'accept') {
      taken.push(messageOf(Buffer.concat(chunks).toString()));
      response.end(JSON.stringify({ MessageId: 'id-1' }));
      return;
    }
    response.statusCode = answer === 'InternalServerErrorException' ? 500 : 400;
    response.setHeader('x-amzn-errortype', answer ?? '');
    response.end(JSON.stringify({ message: 'ada@example.com is refused' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const client = sendingClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  closers.push(() => {
    client.destroy();
    server.close();
    server.closeAllConnections();
  });
  const sender: EmailSender = sesEmailSender({ client, configurationSet: 'set' });
  return { sender, calls: () => calls, taken: () => taken };
}

const WORDS: Readonly<Record<ProviderAnswer, string>> = {
  accepted: 'accept',
  throttled: 'TooManyRequestsException',
  rejected: 'MessageRejected',
  halted: 'SendingPausedException',
  unknown: 'hang up',
};

emailSenderContract('the one on SES', (answers) => provider(answers.map((answer) => WORDS[answer])));

emailSenderContract('the one in memory', async (answers) => {
  const sender = memorySender();
  let calls = 0;
  for (const kind of answers) {
    if (kind === 'accepted') sender.answers.push({ kind, providerMessageId: 'id-1' });
    else if (kind === 'halted') sender.answers.push({ kind, reason: 'Reason', detail: 'in words' });
    else sender.answers.push(kind === 'throttled' ? { kind } : { kind, reason: 'Reason' });
  }
  const counted: EmailSender = {
    send(message) {
      calls += 1;
      return sender.send(message);
    },
  };
  return { sender: counted, calls: () => calls, taken: () => sender.handedOver };
});

describe('sesEmailSender', () => {
  it.each([
    { name: 'LimitExceededException', kind: 'throttled' },
    { name: 'BadRequestException', kind: 'rejected' },
    { name: 'AccessDeniedException', kind: 'halted' },
    { name: 'NotFoundException', kind: 'halted' },
    { name: 'InternalServerErrorException', kind: 'unknown' },
    { name: 'SomethingNewException', kind: 'unknown' },
  ])('takes $name for $kind, asking once', async ({ name, kind }) => {
    const { sender, calls } = await provider([name, 'accept']);

    const result = await sender.send({
      from: 'shop@example.com',
      to: 'ada@example.com',
      subject: 's',
      html: 'h',
      headers: [],
      tags: {},
    });

    expect(result.kind).toBe(kind);
    expect(JSON.stringify(result)).not.toContain('ada');
    expect(calls()).toBe(1);
  });
});
