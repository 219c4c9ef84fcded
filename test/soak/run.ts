import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { synthesize } from '#test/support/assembly.ts';
import { soak } from './soak.ts';

const HELP = `npm run soak [-- options]

Kills a running stack at random under steady traffic, and counts in the end: lost=0 doubled=0.

  --minutes N   how long (default 10)
  --seed N      what happens to whom (default 1)
  --help        this text`;

const Options = z.object({
  minutes: z.coerce.number().positive().default(10),
  seed: z.coerce.number().int().positive().default(1),
});

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { minutes: { type: 'string' }, seed: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const options = Options.parse(values);
  const assembly = await synthesize();
  try {
    const { events, people, kills, ...wrong } = await soak({ ...options, assembly, print: console.log });
    for (const [name, value] of Object.entries({ events, people, kills, ...wrong })) {
      console.log(`${name}=${value}`);
    }
    if (Object.values(wrong).some((count) => count > 0)) process.exitCode = 1;
  } finally {
    rmSync(assembly, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
