import { parseArgs } from 'node:util';
import { adminClient } from './admin-client.ts';
import { define, PURCHASES, SHOP } from './definitions.ts';
import { type RunningStack, startLocalStack } from './local-stack.ts';
import { step } from './progress.ts';
import { purchaseTraffic } from './purchases.ts';
import { defineEverybody } from './settle.ts';
import { shopTraffic } from './shop.ts';
import { campaign, exportFile, lookAround, people, segments, sendAgain, sendAll } from './steps.ts';

const HELP = `npm run demo [-- options]

Starts Tributary on this machine, sends it the traffic of a shop with Segment's own client, and shows
what comes of it: profiles, segments, an exported file, e-mails, and what their readers did.

  --purchases FILE   a purchase history instead: customer_id,date,quantity,value
  --keep             leave it running afterwards, to look around
  --seed NUMBER      another shop (default 7)
  --help             this text

Ports, by environment variable: COLLECT_PORT (8787), ADMIN_PORT (8788), MAIL_PORT (8789), AWS_PORT (8790).`;

const DAY_MS = 86_400_000;

interface Options {
  readonly purchases?: string | undefined;
  readonly seed: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      purchases: { type: 'string' },
      keep: { type: 'boolean' },
      seed: { type: 'string', default: '7' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const seed = Number(values.seed);
  if (!Number.isSafeInteger(seed)) throw new Error(`--seed takes a whole number, not ${values.seed}`);

  step('Starting the stack that would be deployed, on this machine');
  const stack = await startLocalStack();
  try {
    await show({ purchases: values.purchases, seed }, stack);
    if (values.keep) {
      lookAround(stack);
      await stack.ended;
    }
  } finally {
    await stack.stop();
  }
}

async function show({ purchases, seed }: Options, stack: RunningStack): Promise<void> {
  const startedAt = performance.now();
  const admin = adminClient(stack.adminUrl, stack.adminToken);
  const definitions = purchases === undefined ? SHOP : PURCHASES;
  const until = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  const traffic = purchases === undefined ? shopTraffic({ seed, until }) : purchaseTraffic(purchases);
  const clients = { stack, admin };
  await define(admin, definitions);
  await defineEverybody(traffic, admin);

  await sendAll(traffic, stack);
  const totals = await people(traffic, clients);
  if (purchases !== undefined) await sendAgain({ traffic, totals }, clients);
  await segments(definitions, clients);
  await exportFile(definitions.export.id, clients);
  if (definitions.campaign !== undefined) await campaign(definitions.campaign.id, clients);
  console.log(`\nAll of it happened, in ${((performance.now() - startedAt) / 1000).toFixed(0)} s.`);
}

main().catch((error: unknown) => {
  console.error(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}`);
  if (error instanceof Error && error.cause !== undefined) console.error(error.cause);
  process.exitCode = 1;
});
