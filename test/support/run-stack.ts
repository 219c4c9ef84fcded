import * as z from 'zod';
import { makeLocalSource } from '#local/local-source.ts';
import { startStack } from '#local/stack.ts';

const port = z.int().nonnegative();
const Options = z.object({
  assembly: z.string(),
  dir: z.string(),
  ports: z.object({ collect: port, admin: port, mail: port, aws: port }),
  hasMovableClock: z.boolean(),
});

/** What the parent asks for. */
const Asked = z.union([z.object({ crash: z.int() }), z.object({ moveMs: z.number() })]);

/** Runs a stack as `npm start` does, over an assembly that is there, and tells its parent when it serves. */
async function main(): Promise<void> {
  process.env.TZ = 'UTC';
  const options = Options.parse(JSON.parse(process.argv[2] ?? ''));
  const stack = await startStack({ ...options, log: console.warn });
  await makeLocalSource(stack);
  process.once('SIGTERM', async () => {
    await stack.close();
    process.exit(0);
  });
  process.on('message', (message) => {
    const asked = Asked.parse(message);
    if ('moveMs' in asked) {
      stack.moveClock(asked.moveMs);
      process.send?.({ now: Date.now() });
      return;
    }
    process.send?.({ crashed: stack.crashFunction(asked.crash) ?? null });
  });
  const { urls, outputs, adminToken, credentials, region } = stack;
  process.send?.({ urls, outputs, adminToken, credentials, region });
}

// A parent that is gone leaves nobody to end this
process.once('disconnect', () => process.exit(1));
main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
