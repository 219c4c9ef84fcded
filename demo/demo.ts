import { parseArgs } from 'node:util';
import { adminClient } from './admin-client.ts';
import { define, PURCHASES, SHOP } from './definitions.ts';
import { type RunningStack, startLocalStack } from './local-stack.ts';
import { step } from './progress.ts';
import { purchaseTraffic } from './purchases.ts';
import { defineEverybody } from './settle.ts';
import { shopTraffic } from './shop.ts';
import { campaign, exportFile, lookAround, people, segments, sendAgain, sendAll } from './steps.ts';
import type { Traffic } from './traffic.ts';

const HELP = `npm run demo [-- options]

Starts Tributary on this machine, sends it the traffic of a shop with Segment's own client, and shows
what comes of it: profiles, segments, an exported file, e-mails, and what their readers did.

  --purchases FILE   a purchase history instead: customer_id,date,quantity,value
  --keep             leave it running afterwards, to look around
  --seed NUMBER      another shop (default 7)
  --help             this text

Ports, by environment variable: COLLECT_PORT (8787), ADMIN_PORT (8788), MAIL_PORT (8789), AWS_PORT (8790).`;

const DAY_MS = 86_400_000;

/** How much of what the stack complained of is shown when the demo fails. */
const COMPLAINTS = 20;

/** Ctrl-C, or being told to end. */
class Interruption extends Error {}

async function main(): Promise<void> {
  const options = readOptions();
  if (options.help) {
    console.log(HELP);
    return;
  }
  // Before anything starts, so that a file with faults costs no wait
  const traffic = trafficFor(options);
  const interrupted = interruption();

  step('Starting the stack that would be deployed, on this machine');
  const stack = await Promise.race([startLocalStack(), interrupted]);
  const tooSoon = stack.ended.then(() => {
    throw new Error('the local stack ended in the middle of it');
  });
  try {
    const isHistory = options.purchases !== undefined;
    await Promise.race([show({ traffic, isHistory }, stack), interrupted, tooSoon]);
    if (!options.keep) return;
    lookAround(stack);
    await Promise.race([stack.ended, interrupted.catch(() => {})]);
  } catch (error) {
    if (!(error instanceof Interruption)) tell(stack.complaints);
    throw error;
  } finally {
    await stack.stop();
  }
}

interface Options {
  readonly purchases?: string | undefined;
  readonly keep?: boolean | undefined;
  readonly seed: string;
  readonly help?: boolean | undefined;
}

function readOptions(): Options {
  try {
    return parseArgs({
      options: {
        purchases: { type: 'string' },
        keep: { type: 'boolean' },
        seed: { type: 'string', default: '7' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new Error(`${messageOf(error)}\nnpm run demo -- --help tells what there is`);
  }
}

function trafficFor({ purchases, seed: text }: Options): Traffic {
  if (purchases !== undefined) return purchaseTraffic(purchases);
  const seed = Number(text);
  if (!Number.isSafeInteger(seed)) throw new Error(`--seed takes a whole number, not ${text}`);
  return shopTraffic({ seed, until: Math.floor(Date.now() / DAY_MS) * DAY_MS });
}

const interruption = (): Promise<never> =>
  new Promise((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => reject(new Interruption()));
  });

async function show(
  { traffic, isHistory }: { readonly traffic: Traffic; readonly isHistory: boolean },
  stack: RunningStack,
): Promise<void> {
  const startedAt = performance.now();
  const admin = adminClient(stack.adminUrl, stack.adminToken);
  const definitions = isHistory ? PURCHASES : SHOP;
  const clients = { stack, admin };
  await define(admin, definitions);
  await defineEverybody(traffic, admin);

  await sendAll(traffic, stack);
  const totals = await people(traffic, clients);
  if (isHistory) await sendAgain({ traffic, totals }, clients);
  await segments(traffic, definitions, clients);
  await exportFile(definitions.export.id, clients);
  if (definitions.campaign !== undefined) await campaign(definitions.campaign.id, clients);
  console.log(`\nAll of it happened, in ${((performance.now() - startedAt) / 1000).toFixed(0)} s.`);
}

function tell(complaints: readonly string[]): void {
  if (complaints.length === 0) return;
  console.error(`\nThe stack's last complaints:\n  ${complaints.slice(-COMPLAINTS).join('\n  ')}`);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

main().catch((error: unknown) => {
  if (error instanceof Interruption) process.exit(130); // as a shell tells of Ctrl-C
  console.error(`\nThe demo failed: ${messageOf(error)}`);
  if (error instanceof Error && error.cause !== undefined) console.error(error.cause);
  process.exit(1); // without waiting for what the failed step still has under way
});
