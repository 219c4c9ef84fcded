import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import * as z from 'zod';
import { eventually } from '#demo/settle.ts';
import { LOCAL_WRITE_KEY } from '#local/local-source.ts';
import { type Call, callsOf, nameOf } from '#test/clients/call.ts';
import { expectPerson, expectStranger, personOf } from '#test/clients/expect-person.ts';
import { codeOf, expectGuide, hasArrived, PAGE_GUIDES } from '#test/clients/guides.ts';
import type { PageRan, PageRun } from '#test/clients/in-page.ts';
import { idsIn, messagesIn } from '#test/clients/messages.ts';
import type { Options as RudderOptions } from '#test/clients/pages/rudder.ts';
import type { Options as SegmentOptions } from '#test/clients/pages/segment.ts';
import { LINES } from '#test/clients/run-calls.ts';
import { openSite, type Site } from '#test/clients/site.ts';
import { startKeepingStack } from '#test/clients/stack.ts';
import { openBrowser } from '#test/support/browser.ts';
import { untilConsumed } from '#test/support/consumed.ts';
import { type Fault, type FaultyProxy, type Seen, startFaultyProxy } from '#test/support/faulty-proxy.ts';
import type { StackProcess } from '#test/support/stack-process.ts';

interface Sdk {
  /** The script in the folder `pages`. */
  readonly script: string;
  readonly options: unknown;
  readonly lacks: readonly Call['type'][];
  /** Whether it sends again what did not arrive. */
  readonly isFaithful: boolean;
}

const segment = (options: SegmentOptions): Sdk => ({
  script: 'segment',
  options,
  lacks: [],
  isFaithful: true,
});
const rudder = (options: RudderOptions): Sdk => ({
  script: 'rudder',
  options,
  lacks: ['screen'],
  isFaithful: options.useBeacon !== true,
});
const batching = { strategy: 'batching', config: { size: 3, timeout: 300 } } as const;
const queueOptions = { minRetryDelay: 200 };

const SDKS: Readonly<Record<string, Sdk>> = {
  '@segment/analytics-next': segment({}),
  '@segment/analytics-next, batching': segment({
    integrations: { 'Segment.io': { deliveryStrategy: batching } },
  }),
  '@rudderstack/analytics-js': rudder({ queueOptions }),
  '@rudderstack/analytics-js, batching': rudder({
    queueOptions: { ...queueOptions, batch: { enabled: true, maxItems: 3, flushInterval: 300 } },
  }),
  '@rudderstack/analytics-js, by beacons': rudder({
    useBeacon: true,
    beaconQueueOptions: { maxItems: 3, flushQueueInterval: 300 },
  }),
  '@jitsu/js': { script: 'jitsu', options: {}, lacks: ['screen', 'alias'], isFaithful: false },
};

/** What a stranger does, after who was known has left. */
const AFTER: readonly Call[] = [{ type: 'track', event: 'Seen', properties: { by: 'a stranger' } }];

const REFUSED: Fault = { when: 'before', status: 503 };

interface Case {
  readonly name: string;
  readonly sdk: Sdk;
  readonly line: string;
  readonly faults: readonly Fault[];
  readonly userId: string;
  readonly calls: readonly Call[];
}

const CASES: readonly Case[] = Object.entries(SDKS).flatMap(([name, sdk], s) =>
  LINES.map(([line, faults], n) => {
    const userId = `reader-${s}-${n}`;
    const calls = callsOf({ userId, anonymousId: '' }).filter(({ type }) => !sdk.lacks.includes(type));
    return { name, sdk, line, faults, userId, calls };
  }),
);

/** They mostly wait, but each is a process. */
const PAGES_AT_ONCE = 12;

interface Ran extends PageRan {
  readonly sent: readonly Seen[];
  /** Whom else it turned to, and what the page's policy refused. */
  readonly elsewhere: readonly string[];
}

const SCRIPTS = Object.fromEntries(
  ['segment', 'rudder', 'jitsu'].map((script) => [script, `import './pages/${script}.ts'`]),
);

let stack: StackProcess;
let site: Site;
let browser: Browser;
const runs = new Map<Case, Ran>();
beforeAll(async () => {
  [browser, stack] = await Promise.all([openBrowser(), startKeepingStack(inject('assembly'))]);
  const { collect } = stack.urls;
  const guides = Object.keys(PAGE_GUIDES).map((name) => [name, codeOf(name, collect)]);
  site = await openSite({ ...SCRIPTS, ...Object.fromEntries(guides) });
  for (let n = 0; n < CASES.length; n += PAGES_AT_ONCE) {
    await Promise.all(
      CASES.slice(n, n + PAGES_AT_ONCE).map(async (one) => {
        runs.set(one, await runInPage(one));
      }),
    );
  }
  await untilConsumed(stack);
});
afterAll(async () => {
  await browser?.close();
  await stack?.stop();
  site?.close();
});

/** Opens a page of its own, with storage of its own, and waits until the SDK has nothing left to send. */
async function runInPage({ name, sdk, faults, userId, calls, line }: Case): Promise<Ran> {
  const proxy = await startFaultyProxy(stack.urls.collect, faults);
  const context = await browser.newContext();
  const page = await context.newPage();
  const elsewhere: string[] = [];
  const url = site.pageOf(sdk.script, proxy.url);
  const known = [new URL(url).host, new URL(proxy.url).host];
  page.on('request', (request) => {
    if (!known.includes(new URL(request.url()).host)) elsewhere.push(request.url());
  });
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) elsewhere.push(message.text());
  });
  await page.goto(url);
  const { script: _, options } = sdk;
  const to = { url: proxy.url, writeKey: LOCAL_WRITE_KEY };
  const run: PageRun<unknown> = { to, options, userId, calls, after: AFTER };
  const ran = await tell(page, run);
  await eventually(
    `what ${name} says past ${line}`,
    async () => [...idsIn(settled(proxy, sdk))].length,
    (ids) => ids === calls.length + AFTER.length,
  );
  await context.close();
  await proxy.close();
  return { ...ran, sent: proxy.seen(), elsewhere };
}

const RanInPage = z.object({ anonymousId: z.string(), stranger: z.string() });

const tell = async (page: Page, run: PageRun<unknown>): Promise<PageRan> =>
  RanInPage.parse(await page.evaluate(`run(${JSON.stringify(run)})`));

/** What need not be sent again. */
const settled = (proxy: FaultyProxy, { isFaithful }: Sdk) =>
  proxy.seen().filter(({ isSpoiled }) => !isFaithful || !isSpoiled);

describe.each(Object.keys(SDKS))('%s', (name) => {
  it.each(CASES.filter((one) => one.name === name))('says all it can past $line', async (one) => {
    const { faults, userId, calls, sdk } = one;
    const { anonymousId, stranger, sent, elsewhere } = runs.get(one) ?? expect.unreachable();
    const arrived = arrivedNames(sent, { sdk, faults });

    expect(sent.filter(({ isSpoiled }) => isSpoiled)).toHaveLength(faults.length);
    expect(elsewhere).toEqual([]);
    await expectPerson(stack, {
      who: { userId, anonymousId },
      calls: calls.filter((call) => arrived.has(nameOf(call))),
    });
    await expectStranger(stack, {
      anonymousId: stranger,
      calls: AFTER.filter((call) => arrived.has(nameOf(call))),
    });
  });
});

/** What must have arrived: all of it, but for what an SDK that never sends again had in requests that failed. */
function arrivedNames(
  sent: readonly Seen[],
  { sdk, faults }: Pick<Case, 'sdk' | 'faults'>,
): ReadonlySet<unknown> {
  const isLost = faults[0]?.when === 'before' && !sdk.isFaithful;
  return new Set(
    sent
      .filter(({ isSpoiled }) => !isSpoiled || !isLost)
      .flatMap(messagesIn)
      .map(({ type, event }) => event ?? type),
  );
}

describe.concurrent('a page that is left at once', () => {
  it.each([
    // without keepalive a request on its way may be cut off, and left to the next page
    [
      '@segment/analytics-next, with keepalive',
      segment({ integrations: { 'Segment.io': { deliveryStrategy: { config: { keepalive: true } } } } }),
    ],
    [
      '@segment/analytics-next, batching',
      segment({
        integrations: { 'Segment.io': { deliveryStrategy: { ...batching, config: { timeout: 60_000 } } } },
      }),
    ],
    [
      '@rudderstack/analytics-js, by beacons',
      rudder({ useBeacon: true, beaconQueueOptions: { flushQueueInterval: 60_000 } }),
    ],
  ] as const)('sends what it has still to say: %s', async (name, { script, options }) => {
    const userId = `leaver-with-${name.replaceAll(/\W+/g, '-')}`;
    const calls = AFTER;
    const page = await browser.newPage();
    await page.goto(site.pageOf(script, stack.urls.collect));
    const to = { url: stack.urls.collect, writeKey: LOCAL_WRITE_KEY };
    const run: PageRun<unknown> = { to, options, userId, calls, after: [] };
    const { anonymousId } = await tell(page, run);

    await page.goto('about:blank');

    await eventually(
      `what ${name} says at last`,
      () => personOf(stack, `anonymousId:${anonymousId}`),
      (person) => person !== undefined,
    );
    await expectStranger(stack, { anonymousId, calls });
    await page.context().close();
  });
});

describe.concurrent('a page that is left while the server fails', () => {
  it.each([
    ['@segment/analytics-next', segment({})],
    ['@rudderstack/analytics-js', rudder({ queueOptions })],
  ] as const)('leaves what it could not say to the next page: %s', async (name, { script, options }) => {
    const proxy = await startFaultyProxy(stack.urls.collect, [REFUSED, REFUSED]);
    const page = await browser.newPage();
    const to = { url: proxy.url, writeKey: LOCAL_WRITE_KEY };
    const run: PageRun<unknown> = { to, options, userId: '', calls: AFTER, after: [] };

    await page.goto(site.pageOf(script, proxy.url));
    const { anonymousId } = await tell(page, run);
    await eventually(
      'a first try',
      async () => proxy.seen().length,
      (tries) => tries > 0,
    );
    await page.goto('about:blank');
    expect(proxy.seen().filter(({ isSpoiled }) => !isSpoiled)).toEqual([]);

    await page.goto(site.pageOf(script, proxy.url));
    await tell(page, { ...run, calls: [] });
    await eventually(
      `what ${name} has still to say`,
      async () => idsIn(proxy.seen().filter(({ isSpoiled }) => !isSpoiled)).size,
      (said) => said === AFTER.length,
    );
    await untilConsumed(stack);
    await expectStranger(stack, { anonymousId, calls: AFTER });
    await page.context().close();
    await proxy.close();
  });
});

describe.concurrent('the guides', () => {
  it.each(Object.entries(PAGE_GUIDES))('show a script that says what it says: %s', async (name, guide) => {
    const page = await browser.newPage();
    await page.goto(site.pageOf(name, stack.urls.collect));
    await eventually(`what the guide ${name} says`, () => hasArrived(stack, guide), Boolean);
    await page.context().close();

    await expectGuide(stack, guide);
  });
});
