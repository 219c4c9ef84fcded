import { execFile } from 'node:child_process';
import { join, relative, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import * as z from 'zod';
import { LOCAL_WRITE_KEY, makeLocalSource } from './local-source.ts';
import { requireDynamoDbEngine } from './services/dynamodb.ts';
import { type LocalStack, startStack } from './stack.ts';
import { clearState } from './state-lock.ts';

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

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      fresh: { type: 'boolean' },
      state: { type: 'string', default: DEFAULT_STATE },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const startedAt = performance.now();
  requireDynamoDbEngine();
  const ports = readPorts();
  const state = resolve(values.state);
  if (values.fresh) clearState(state);
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
  closeOnSignals(stack);
  await makeLocalSource(stack);
  console.log(describe(stack, state));
  console.log(`ready in ${((performance.now() - startedAt) / 1000).toFixed(1)} s; Ctrl-C ends it`);
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

function closeOnSignals(stack: LocalStack): void {
  let isClosing = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, async () => {
      if (isClosing) process.exit(1); // asked twice, by somebody in a hurry
      isClosing = true;
      await stack.close();
      process.exit(0);
    });
  }
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
