import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { openBrowser } from '#test/support/browser.ts';
import { type CampaignRun, runCampaign } from '#test/support/campaign-run.ts';
import { expectLegible } from '#test/support/legible.ts';
import { type StackProcess, startFreshStack } from '#test/support/stack-process.ts';

const SCRIPT = '<script>document.title = "owned"</script><img src=x onerror="document.title = 1">';
const RECIPIENTS = [
  { email: 'ada@example.com', firstName: 'Ada' },
  { email: 'bob@example.com', firstName: 'Bob' },
  { email: 'cleo@example.com', firstName: 'Cleo' },
  { email: 'dan@example.com', firstName: 'Dan' },
  { email: 'eve@example.com', firstName: SCRIPT },
  { email: `${'long-'.repeat(8)}name@${'sub.'.repeat(12)}example.com`, firstName: 'Maximiliane'.repeat(5) },
];

let stack: StackProcess;
let run: CampaignRun;
let browser: Browser;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  browser = await openBrowser();
  stack = await startFreshStack(inject('assembly'));
  run = await runCampaign(RECIPIENTS, stack);
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
});
beforeEach(async () => {
  await openPage();
});
afterEach(() => context.close());

async function openPage(options: Parameters<Browser['newContext']>[0] = {}): Promise<void> {
  await context?.close();
  context = await browser.newContext(options);
  // The shop that the mails link to
  await context.route('https://shop.example.com/**', (route) => route.fulfill({ body: 'autumn' }));
  page = await context.newPage();
  await page.goto(stack.urls.mail);
}

async function openMail(email: string): Promise<void> {
  await page.getByRole('link', { name: email }).click();
  // A frame that is still being read may lose a click
  await page.waitForURL(/\/messages\//, { waitUntil: 'load' });
}
const mail = () => page.frameLocator('iframe[title="The mail as its recipient sees it"]');
const outcomes = () => page.getByRole('group').filter({ hasText: 'What came of it' }).getByRole('listitem');

describe('the inbox', () => {
  it('lists every mail of a campaign, with whom it went to and what came of it', async () => {
    expect(run.sent).toBe(RECIPIENTS.length);
    expect(await page.getByRole('listitem').count()).toBe(RECIPIENTS.length);
    expect(await page.getByRole('listitem').filter({ hasText: 'bob@example.com' }).innerText()).toMatch(
      /Delivered\s+Autumn for Bob/,
    );
  });

  it('finds mails by recipient and by subject, and says when there is none', async () => {
    await page.getByRole('searchbox', { name: 'Recipient or subject' }).fill('cleo@');
    await page.getByRole('button', { name: 'Search' }).click();
    expect(await page.getByRole('listitem').allInnerTexts()).toEqual([expect.stringContaining('cleo@')]);

    await page.getByRole('searchbox').fill('autumn for b');
    await page.keyboard.press('Enter');
    await page.waitForURL(/autumn/);
    expect(await page.getByRole('listitem').allInnerTexts()).toEqual([expect.stringContaining('bob@')]);

    await page.getByRole('searchbox').fill('nobody');
    await page.keyboard.press('Enter');
    await page.getByText('No mail matches.').waitFor();
  });

  it('is of use with the keyboard alone', async () => {
    const focused = () => page.locator(':focus');

    await page.keyboard.press('Tab');
    await page.keyboard.type('ada@');
    await page.keyboard.press('Tab');
    expect(await focused().innerText()).toBe('Search');
    await page.keyboard.press('Enter');
    await page.waitForURL(/q=ada/);
    for (let press = 0; press < 3; press++) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL(/messages/);
    const seen: string[] = [];
    for (let press = 0; press < 4; press++) {
      await page.keyboard.press('Tab');
      seen.push(await focused().innerText());
      const { outlineStyle } = await focused().evaluate((element) => ({
        outlineStyle: String(Reflect.get(globalThis, 'getComputedStyle')(element).outlineStyle),
      }));
      expect(outlineStyle).toBe('solid');
    }

    expect(seen).toEqual([
      '← Inbox',
      'Unsubscribe in one click',
      'Simulate a bounce',
      'Simulate a complaint',
    ]);
  });
});

describe('a mail', () => {
  it('that is looked at counts as opened, on the page and on the profile', async () => {
    await openMail('ada@example.com');

    expect(await mail().getByRole('heading').innerText()).toBe('Hello Ada');
    await run.cameBack('ada@example.com', 'Email Opened');
    await page.getByRole('link', { name: 'Look again' }).click();
    expect((await outcomes().allInnerTexts()).slice(0, 3)).toEqual([
      expect.stringContaining('Sent'),
      expect.stringContaining('Delivered'),
      expect.stringContaining('Opened'),
    ]);
  });

  it('whose link is followed leads to the shop, and counts as clicked', async () => {
    await openMail('bob@example.com');

    const [shop] = await Promise.all([
      context.waitForEvent('page'),
      mail().getByRole('link', { name: 'have a look' }).click(),
    ]);

    await shop.waitForURL('https://shop.example.com/autumn');
    await run.cameBack('bob@example.com', 'Email Link Clicked');
    await page.getByRole('link', { name: 'Look again' }).click();
    await outcomes()
      .filter({ hasText: /Clicked.*https:\/\/shop\.example\.com\/autumn/ })
      .waitFor();
  });

  it('unsubscribes its recipient in one click', async () => {
    await openMail('cleo@example.com');

    await page.getByRole('button', { name: 'Unsubscribe in one click' }).click();

    expect(await page.getByRole('status').innerText()).toBe('The recipient has unsubscribed.');
    const { consents } = await run.cameBack('cleo@example.com', 'Unsubscribed');
    expect(consents).toEqual([
      expect.objectContaining({ channel: 'email', purpose: 'marketing', status: 'denied' }),
    ]);
  });

  it.each([
    { button: 'Simulate a bounce', notice: 'The mail has bounced.', event: 'Email Bounced' },
    {
      button: 'Simulate a complaint',
      notice: 'The recipient has complained.',
      event: 'Email Marked as Spam',
    },
  ])('can be made to come back: $button', async ({ button, notice, event }) => {
    await openMail('dan@example.com');

    await page.getByRole('button', { name: button }).click();

    expect(await page.getByRole('status').innerText()).toBe(notice);
    const { suppressed } = await run.cameBack('dan@example.com', event);
    expect(suppressed).toEqual([expect.objectContaining({ value: 'dan@example.com' })]);
    await page.goto(stack.urls.mail);
    expect(await page.getByRole('listitem').filter({ hasText: 'dan@' }).innerText()).toMatch(
      /Bounced|Complained/,
    );
  });

  it('shows what somebody calls themselves as text, and runs nothing', async () => {
    await openMail('eve@example.com');

    expect(await page.title()).toBe(`Autumn for ${SCRIPT}`);
    expect(await mail().getByRole('heading').innerText()).toBe(`Hello ${SCRIPT}`);
  });

  it('runs nothing even where its own template holds a script', async () => {
    await openMail('ada@example.com');
    const source = await page.locator('iframe').getAttribute('src');

    expect(await mail().locator('#mark').innerText()).toBe('as sent');
    // Nor where somebody opens the mail by itself
    await page.goto(`${stack.urls.mail}${source}`);
    expect(await page.locator('#mark').innerText()).toBe('as sent');
  });

  it('that is not there says so, with the way back', async () => {
    const response = await page.goto(`${stack.urls.mail}/messages/none`);

    expect(response?.status()).toBe(404);
    await page.getByRole('heading', { name: 'Nothing here' }).waitFor();
    await page.getByRole('link', { name: 'Inbox' }).click();
    await page.getByRole('searchbox').waitFor();
  });
});

describe.each([
  ['light', { colorScheme: 'light' as const }],
  ['dark', { colorScheme: 'dark' as const }],
])('in a %s room', (_, { colorScheme }) => {
  it.each([1100, 320])('the pages are legible and fit a width of %d', async (width) => {
    await openPage({ colorScheme, viewport: { width, height: 640 } });
    const pages = ['', `?q=${'x'.repeat(200)}`];
    for (const path of pages) {
      await page.goto(`${stack.urls.mail}/${path}`);
      await expectLegible(page);
    }
    await page.goto(stack.urls.mail);
    await openMail('long-long');
    for (const title of ['Headers', 'Tags']) await page.getByText(title, { exact: true }).click();
    await expectLegible(page);
  });
});
