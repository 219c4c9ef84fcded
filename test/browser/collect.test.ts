import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, it } from 'vitest';
import { type AdminClient, adminClient } from '#demo/admin-client.ts';
import { eventually } from '#demo/settle.ts';
import { LOCAL_WRITE_KEY } from '#local/local-source.ts';
import { openBrowser } from '#test/support/browser.ts';
import { type StackProcess, startFreshStack } from '#test/support/stack-process.ts';

/** A site of another origin than the Collect API's. */
let site: Server;
let stack: StackProcess;
let admin: AdminClient;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  site = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<h1>Shop</h1>'));
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  browser = await openBrowser();
  stack = await startFreshStack(inject('assembly'));
  admin = adminClient(stack.urls.admin, stack.adminToken);
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
  site?.close();
});
beforeEach(async () => {
  const address = site.address();
  page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
});
afterEach(() => page.context().close());

interface Sent {
  readonly body: unknown;
  readonly key?: string;
  readonly init?: {
    readonly headers?: Readonly<Record<string, string>>;
    readonly keepalive?: boolean;
    readonly credentials?: 'include';
  };
}

/** Sends from within the page, which fails for an answer that the browser keeps from it. */
function send({ body, key = LOCAL_WRITE_KEY, init = {} }: Sent): Promise<{ status: number; text: string }> {
  const headers = { authorization: `Basic ${btoa(`${key}:`)}`, 'content-type': 'application/json' };
  return page.evaluate(
    async ({ url, request }) => {
      const response = await fetch(url, request);
      return { status: response.status, text: await response.text() };
    },
    {
      url: `${stack.urls.collect}/v1/track`,
      request: {
        method: 'POST',
        headers,
        body: typeof body === 'string' ? body : JSON.stringify(body),
        ...init,
      },
    },
  );
}

const arrived = (anonymousId: string): Promise<unknown> =>
  eventually(
    `the event of ${anonymousId}`,
    () => admin.profile(`anonymousId:${anonymousId}`),
    (profile) => profile?.events['Product Viewed']?.count === 1,
  );

it('takes an event from a page of another origin, which asks leave first', async () => {
  const asked: string[] = [];
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  session.on('Network.requestWillBeSent', ({ request }) => asked.push(request.method));

  const { status, text } = await send({ body: { anonymousId: 'visitor-1', event: 'Product Viewed' } });

  expect(asked.toSorted()).toEqual(['OPTIONS', 'POST']);
  expect(status).toBe(200);
  expect(JSON.parse(text)).toMatchObject({ success: true, accepted: 1, rejected: 0 });
  await arrived('visitor-1');
});

it('takes an event from a page that is being left, with the credentials that beacons carry', async () => {
  await send({
    body: { anonymousId: 'visitor-2', event: 'Product Viewed' },
    init: { keepalive: true, credentials: 'include' },
  });

  await page.close();
  await arrived('visitor-2');
});

it('takes text/plain with the write key in the body, which needs no leave', async () => {
  const body = { anonymousId: 'visitor-3', event: 'Product Viewed', writeKey: LOCAL_WRITE_KEY };

  const { status } = await send({ body, init: { headers: { 'content-type': 'text/plain' } } });

  expect(status).toBe(200);
  await arrived('visitor-3');
});

it.each([
  { answer: 'an unknown write key', key: 'nobody', body: { event: 'x' }, status: 401, text: 'write key' },
  { answer: 'a body that is no JSON', key: LOCAL_WRITE_KEY, body: '{"event', status: 400, text: 'JSON' },
])('lets the page read why it was refused: $answer', async ({ key, body, status, text }) => {
  const refusal = await send({ key, body });

  expect(refusal.status).toBe(status);
  expect(JSON.parse(refusal.text)).toMatchObject({ message: expect.stringContaining(text) });
});
