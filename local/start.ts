import { execFile } from 'node:child_process';
import { join, relative, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import * as z from 'zod';
import { LOCAL_WRITE_KEY, makeLocalSource } from './local-source.ts';
import { requireDynamoDbEngine } from './services/dynamodb.ts';
import { type LocalStack, startStack } from './stack.ts';
import { clearState, lockState } from './state-lock.ts';

const HELP = `npm start [-- options]

Runs Tributary on this machine, from the stack that would be deployed. State lives in .local and survives
a restart. Ctrl-C ends it.

  --fresh       begin anew: throw away all state first
  --state DIR   where state lives (default .local)
  --help        this text

Ports, by environment variable: COLLECT_PORT (8787), ADMIN_PORT (8788), MAIL_PORT (8789), AWS_PORT (8790).`;

const ROOT = join(import.meta.dirname, '..');
const ASSEMBLY = join(ROOT, 'cdk.out');
const DEFAULT_STATE = join(ROOT, '.local');

const port = (fallback: number) => z.coerce.number().int().min(0).max(65_535).default(fallback);
const Ports = z.object({
  COLLECT_PORT: port(8787),
  ADMIN_PORT: port(8788),
  MAIL_PORT: port(8789),
  AWS_PORT: port(8790),
});

/** npm passes on to its child a signal that the terminal sent to both: what comes so soon is no second one. */
const SAME_SIGNAL_MS = 1_000;

async function main(): Promise<void> {
  const values = readOptions();
  if (values.help) {
    console.log(HELP);
    return;
  }
  const startedAt = performance.now();
  requireDynamoDbEngine();
  const ports = readPorts();
  const state = resolve(values.state);
  if (values.fresh) clearState(state);
  else lockState(state).close(); // says at once, rather than after the synthesis, that it is in use
  const whenReady = closeWhenAsked();
  await synthesize();

  // Lambda runs in UTC, and a worker thread has the time zone of its process.
  process.env.TZ = 'UTC';
  const stack = await startStack({
    assembly: ASSEMBLY,
    dir: state,
    ports: {
      collect: ports.COLLECT_PORT,
      admin: ports.ADMIN_PORT,
      mail: ports.MAIL_PORT,
      aws: ports.AWS_PORT,
    },
    log: console.warn,
  });
  whenReady(stack);
  await makeLocalSource(stack);
  process.send?.({ urls: stack.urls, adminToken: stack.adminToken });
  console.log(describe(stack, state));
  console.log(`ready in ${((performance.now() - startedAt) / 1000).toFixed(1)} s; Ctrl-C ends it`);
}

function readOptions() {
  try {
    return parseArgs({
      options: {
        fresh: { type: 'boolean' },
        state: { type: 'string', default: DEFAULT_STATE },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    const fault = error instanceof Error ? error.message : String(error);
    throw new Error(`${fault}\nnpm start -- --help tells what there is`);
  }
}

function readPorts(): z.infer<typeof Ports> {
  const ports = Ports.safeParse(process.env);
  if (ports.success) return ports.data;
  throw new Error(z.prettifyError(ports.error));
}

/** The template as it would be deployed, less the validations, which cost seconds and which CI makes. */
async function synthesize(): Promise<void> {
  const env = {
    ...process.env,
    CDK_OUTDIR: ASSEMBLY,
    CDK_VALIDATION: 'false',
    NODE_COMPILE_CACHE: join(DEFAULT_STATE, 'compile-cache'),
  };
  await promisify(execFile)(process.execPath, ['infra/app.ts'], { cwd: ROOT, env });
}

/**
 * Ends the stack, as soon as there is one, on Ctrl-C and when the process that started this one is gone;
 * who asks twice is in a hurry.
 */
function closeWhenAsked(): (stack: LocalStack) => void {
  let stack: LocalStack | undefined;
  let askedAt: number | undefined;
  async function close(): Promise<void> {
    if (askedAt !== undefined) {
      if (performance.now() - askedAt > SAME_SIGNAL_MS) process.exit(1);
      return;
    }
    askedAt = performance.now();
    await stack?.close();
    process.exit(stack === undefined ? 1 : 0);
  }
  for (const event of ['SIGINT', 'SIGTERM', 'disconnect']) process.on(event, close);
  return (started) => {
    stack = started;
  };
}

function describe({ urls, adminToken, region, credentials }: LocalStack, state: string): string {
  return `
  Collect API   ${urls.collect}
  Admin API     ${urls.admin}
  Mail inbox    ${urls.mail}
  AWS endpoint  ${urls.aws}

  Write key     ${LOCAL_WRITE_KEY}
  Admin token   ${adminToken}
                (also in ${relative(process.cwd(), join(state, 'admin-token'))})

  For the AWS CLI and SDKs:
  export AWS_ENDPOINT_URL=${urls.aws} AWS_REGION=${region} AWS_DEFAULT_REGION=${region} \\
    AWS_ACCESS_KEY_ID=${credentials.accessKeyId} AWS_SECRET_ACCESS_KEY=${credentials.secretAccessKey}
`;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
