import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  GetAccountCommand,
  GetEmailIdentityCommand,
  SESv2Client,
  SendEmailCommand,
  type SendEmailCommandInput,
} from '@aws-sdk/client-sesv2';
import { afterEach, beforeEach, expect, it } from 'vitest';
import * as z from 'zod';
import { openSes, type SesService } from '#local/services/ses.ts';
import { serveForTest } from '#test/support/aws-endpoint.ts';

let dir: string;
let published: { detailType: string; detail: unknown }[];
let ses: SesService;
let client: SESv2Client;
let close: () => Promise<void>;
let failing: boolean;

async function open(): Promise<void> {
  ses = await openSes({
    dir,
    port: 0,
    publish(detailType, detail) {
      if (failing) throw new Error('the bus is away');
      published.push({ detailType, detail });
    },
  });
  ses.createIdentity('example.com');
  ses.createConfigurationSet({ name: 'tributary' });
  ses.createConfigurationSet({ name: 'quiet' });
  const eventTypes = ['send', 'delivery', 'open', 'click', 'bounce', 'complaint', 'renderingFailure'];
  ses.addEventDestination({ configurationSet: 'tributary', eventTypes });
  const served = await serveForTest({ service: ses.service, signingName: 'ses' });
  client = new SESv2Client(served.client);
  close = async () => {
    client.destroy();
    await served.close();
    await ses.close();
  };
}

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'ses-'));
  published = [];
  failing = false;
  await open();
});
afterEach(async () => {
  await close();
  rmSync(dir, { recursive: true });
});

const simple = {
  Subject: { Data: 'Hello <b>Ada</b>' },
  Body: {
    Html: { Data: '<p>Hi <a href="https://shop.test/?a=1&amp;b=2">shop</a></p><script>alert(1)</script>' },
    Text: { Data: 'Hi <you>' },
  },
  Headers: [{ Name: 'List-Unsubscribe-Post', Value: 'List-Unsubscribe=One-Click' }],
};
const mail: SendEmailCommandInput = {
  FromEmailAddress: 'Shop <news@mail.example.com>',
  Destination: { ToAddresses: ['Ada <ada@x.test>'] },
  ConfigurationSetName: 'tributary',
  EmailTags: [{ Name: 'campaignId', Value: 'c1' }],
  Content: { Simple: simple },
};
const sendMail = async (change: Partial<SendEmailCommandInput> = {}) =>
  (await client.send(new SendEmailCommand({ ...mail, ...change }))).MessageId ?? '';
const get = async (path: string) => fetch(`${ses.url}${path}`, { redirect: 'manual' });
const post = async (path: string, headers = {}) =>
  fetch(`${ses.url}${path}`, { method: 'POST', headers, redirect: 'manual' });
const List = z.object({
  messages: z.array(z.object({ to: z.array(z.string()) })),
  next: z.string().optional(),
});
const listMails = async (query = '') => List.parse(await (await get(`/api/messages${query}`)).json());
const types = () => published.map(({ detailType }) => detailType);

it('keeps a mail and publishes that it was sent and delivered', async () => {
  const id = await sendMail();

  expect(types()).toEqual(['Email Sent', 'Email Delivered']);
  expect(published[1]?.detail).toMatchObject({
    eventType: 'Delivery',
    mail: {
      messageId: id,
      source: 'Shop <news@mail.example.com>',
      destination: ['ada@x.test'],
      headers: expect.arrayContaining([{ name: 'Subject', value: 'Hello <b>Ada</b>' }]),
      commonHeaders: { from: ['Shop <news@mail.example.com>'], to: ['Ada <ada@x.test>'], messageId: id },
      tags: { campaignId: ['c1'], 'ses:configuration-set': ['tributary'] },
    },
    delivery: { recipients: ['ada@x.test'], timestamp: expect.stringMatching(/Z$/) },
  });
  expect(await (await get(`/api/messages/${id}`)).json()).toMatchObject({
    id,
    to: ['Ada <ada@x.test>'],
    text: 'Hi <you>',
    events: [{ type: 'Send' }, { type: 'Delivery' }],
  });
});

it('tells of an open by the pixel and of a click by the link, which leads where it should', async () => {
  const id = await sendMail();
  const html = await (await get(`/messages/${id}/html`)).text();
  const [, pixel = ''] = /src="([^"]+)"/.exec(html) ?? [];
  const [, link = ''] = /href="([^"]+)"/.exec(html) ?? [];

  const opened = await fetch(pixel, { headers: { 'user-agent': 'Mail/1.0' } });
  const clicked = await fetch(link, { redirect: 'manual' });

  expect(opened.headers.get('content-type')).toBe('image/gif');
  expect(clicked.headers.get('location')).toBe('https://shop.test/?a=1&b=2');
  expect(types().slice(2)).toEqual(['Email Opened', 'Email Clicked']);
  expect(published[2]?.detail).toMatchObject({ eventType: 'Open', open: { userAgent: 'Mail/1.0' } });
  expect(published[3]?.detail).toMatchObject({
    eventType: 'Click',
    click: { link: 'https://shop.test/?a=1&b=2', linkTags: null, ipAddress: expect.any(String) },
  });
});

it('neither tracks nor publishes without an event destination', async () => {
  const id = await sendMail({ ConfigurationSetName: 'quiet' });

  const html = await (await get(`/messages/${id}/html`)).text();
  expect(html).toContain('href="https://shop.test/?a=1&amp;b=2"');
  expect(html).not.toContain('/open/');
  expect(published).toEqual([]);
});

it.each([
  ['success', ['Email Sent', 'Email Delivered']],
  ['bounce', ['Email Sent', 'Email Bounced']],
  ['bounce+order1', ['Email Sent', 'Email Bounced']],
  ['suppressionlist', ['Email Sent', 'Email Bounced']],
  ['complaint', ['Email Sent', 'Email Delivered', 'Email Complaint Received']],
  ['ooto', ['Email Sent', 'Email Delivered']],
])('simulates the mailbox %s', async (local, expected) => {
  await sendMail({ Destination: { ToAddresses: [`${local}@simulator.amazonses.com`] } });

  expect(types()).toEqual(expected);
});

it.each([
  [{ ConfigurationSetName: 'none' }, 'NotFoundException'],
  [{ FromEmailAddress: 'news@other.test' }, 'MessageRejected'],
  [{ FromEmailAddress: 'news@notexample.com' }, 'MessageRejected'],
  [
    { Destination: { ToAddresses: Array.from({ length: 51 }, (_, n) => `a${n}@x.test`) } },
    'BadRequestException',
  ],
  [{ Destination: {} }, 'BadRequestException'],
  [{ Destination: { ToAddresses: ['nobody'] } }, 'BadRequestException'],
  [{ EmailTags: [{ Name: 'a b', Value: 'c' }] }, 'BadRequestException'],
  [{ EmailTags: [{ Name: 'a', Value: 'x'.repeat(257) }] }, 'BadRequestException'],
  [
    { Content: { Simple: { ...simple, Headers: [{ Name: 'X', Value: 'a\r\nBcc: b@x.test' }] } } },
    'BadRequestException',
  ],
  [
    { Content: { Simple: { ...simple, Headers: [{ Name: 'X', Value: 'x'.repeat(996) }] } } },
    'BadRequestException',
  ],
  [
    {
      Content: {
        Simple: {
          ...simple,
          Headers: Array.from({ length: 16 }, (_, n) => ({ Name: `X-${n}`, Value: 'v' })),
        },
      },
    },
    'BadRequestException',
  ],
  [{ Content: { Simple: { ...simple, Body: {} } } }, 'BadRequestException'],
  [{ Content: { Raw: { Data: Buffer.from('raw') } } }, 'BadRequestException'],
  [{ ListManagementOptions: { ContactListName: 'l' } }, 'BadRequestException'],
])('refuses a mail with %j as SES would', async (change, name) => {
  await expect(sendMail(change)).rejects.toMatchObject({ name });
  expect(await listMails()).toEqual({ messages: [] });
});

it('knows the account and the identities of the template', async () => {
  await sendMail();

  expect(await client.send(new GetAccountCommand())).toMatchObject({ SendQuota: { SentLast24Hours: 1 } });
  const known = await client.send(new GetEmailIdentityCommand({ EmailIdentity: 'example.com' }));
  expect(known).toMatchObject({ VerifiedForSendingStatus: true });
  await expect(
    client.send(new GetEmailIdentityCommand({ EmailIdentity: 'other.test' })),
  ).rejects.toMatchObject({ name: 'NotFoundException' });
});

it('lists mails by recipient in pages, the latest first', async () => {
  for (const n of [1, 2, 3]) await sendMail({ Destination: { ToAddresses: [`a_${n}@x.test`] } });
  await sendMail({ Destination: { ToAddresses: ['abc@x.test'] } });

  const first = await listMails('?to=a_&limit=2');
  const rest = await listMails(`?to=a_&limit=2&after=${first.next}`);

  const recipients = [...first.messages, ...rest.messages].map((message) => message.to[0]);
  expect(recipients).toEqual(['a_3@x.test', 'a_2@x.test', 'a_1@x.test']);
  expect(rest.next).toBeUndefined();
});

it('lets a tester bounce a mail or complain of it, but no other site', async () => {
  const id = await sendMail();

  expect((await post(`/messages/${id}/bounce`)).status).toBe(303);
  expect((await post(`/api/messages/${id}/complaint`)).status).toBe(200);
  expect((await post(`/messages/${id}/bounce`, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  expect((await post(`/messages/${id}/explode`)).status).toBe(404);

  expect(types().slice(2)).toEqual(['Email Bounced', 'Email Complaint Received']);
});

it('unsubscribes in one click as RFC 8058 says', async () => {
  const bodies: string[] = [];
  const site = createServer(async (request, response) => {
    for await (const chunk of request) bodies.push(`${request.method} ${request.url} ${chunk}`);
    response.writeHead(200).end();
  });
  await new Promise<void>((done) => site.listen(0, '127.0.0.1', done));
  const address = site.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const Headers = [
    ...simple.Headers,
    { Name: 'List-Unsubscribe', Value: `<http://127.0.0.1:${port}/u/token>, <mailto:u@example.com>` },
  ];
  const id = await sendMail({ Content: { Simple: { ...simple, Headers } } });

  const reply = await post(`/messages/${id}/unsubscribe`);

  expect(bodies).toEqual(['POST /u/token List-Unsubscribe=One-Click']);
  expect(await (await get(reply.headers.get('location') ?? '')).text()).toContain(
    'The recipient has unsubscribed.',
  );
  site.close();
  site.closeAllConnections();
});

it('escapes what mails say, and lets no mail run a script', async () => {
  const id = await sendMail();

  const pages = await Promise.all([get('/'), get(`/messages/${id}`), get('/?q=%3Cscript%3E')]);
  for (const page of pages) {
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await page.text()).not.toMatch(/<script|<b>Ada|<you>/);
  }
  const body = await get(`/messages/${id}/html`);
  expect(body.headers.get('content-security-policy')).toMatch(/^sandbox (?!.*allow-scripts)/);
});

it('publishes after a restart what a kill left unpublished', async () => {
  failing = true;
  await expect(sendMail()).rejects.toThrow();
  await close();
  failing = false;

  await open();
  ses.resume();

  expect(types()).toEqual(['Email Sent', 'Email Delivered']);
  expect((await listMails()).messages).toHaveLength(1);
});
