import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, it } from 'vitest';
import { openBrowser } from '#test/support/browser.ts';
import { type CampaignRun, runCampaign } from '#test/support/campaign-run.ts';
import { expectLegible } from '#test/support/legible.ts';
import { type StackProcess, startFreshStack } from '#test/support/stack-process.ts';

const ADA = 'ada@example.com';

let stack: StackProcess;
let run: CampaignRun;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  browser = await openBrowser();
  stack = await startFreshStack(inject('assembly'));
  run = await runCampaign([{ email: ADA, firstName: 'Ada' }], stack);
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});
beforeEach(async () => {
  page = await browser.newPage();
});
afterEach(() => page.context().close());

/** Follows the mail's own link, as Ada would. */
async function followLink(): Promise<void> {
  await page.goto(stack.urls.mail);
  await page.getByRole('link', { name: ADA }).click();
  // A frame that is still being read may lose the click
  await page.waitForURL(/\/messages\//, { waitUntil: 'load' });
  const mail = page.frameLocator('iframe[title="The mail as its recipient sees it"]');
  const [opened] = await Promise.all([
    page.waitForEvent('popup'),
    mail.getByRole('link', { name: 'Unsubscribe' }).click(),
  ]);
  page = opened;
  await page.waitForLoadState();
}

const emailConsent = async (): Promise<string | undefined> =>
  (await run.profileOf(ADA))?.consents.find(({ channel }) => channel === 'email')?.status;

it('following the link asks, and changes nothing', async () => {
  await followLink();
  await page.reload();

  expect(await page.getByRole('heading').innerText()).toBe('Unsubscribe?');
  // Longer than an event takes to its profile
  await pause(3_000);
  expect(await emailConsent()).toBe('granted');
});

it('the button unsubscribes, by keyboard too, and once more does no harm', async () => {
  await followLink();
  const link = page.url();

  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');

  await page.getByRole('heading', { name: 'You are unsubscribed' }).waitFor();
  await run.cameBack(ADA, 'Unsubscribed');
  expect(await emailConsent()).toBe('denied');
  await page.goto(link);
  await page.getByRole('button', { name: 'Unsubscribe' }).click();
  await page.getByRole('heading', { name: 'You are unsubscribed' }).waitFor();
});

it.each([
  ['that was made up', () => 'not-a-token'],
  ['whose end was cut off', (token: string) => token.slice(0, -4)],
  ['with another signature', (token: string) => `${token.slice(0, -4)}AAAA`],
])('a link %s shows an error page without a button', async (_, changed) => {
  await followLink();
  const token = page.url().slice(page.url().lastIndexOf('/') + 1);

  const response = await page.goto(`${stack.urls.collect}/u/${changed(token)}`);

  expect(response?.status()).toBe(400);
  expect(await page.getByRole('heading').innerText()).toBe('This link does not work');
  expect(await page.getByRole('button').count()).toBe(0);
});

it.each([
  { colorScheme: 'light' as const, width: 1100 },
  { colorScheme: 'light' as const, width: 320 },
  { colorScheme: 'dark' as const, width: 1100 },
  { colorScheme: 'dark' as const, width: 320 },
])('is legible in a $colorScheme room at a width of $width', async ({ colorScheme, width }) => {
  await followLink();
  await page.emulateMedia({ colorScheme });
  await page.setViewportSize({ width, height: 640 });

  await expectLegible(page);
  await page.getByRole('button', { name: 'Unsubscribe' }).click();
  await page.getByRole('heading', { name: 'You are unsubscribed' }).waitFor();
  await expectLegible(page);
});
