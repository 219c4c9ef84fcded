import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { adminClient } from '#demo/admin-client.ts';
import { define, SHOP } from '#demo/definitions.ts';
import { seededRandom } from '#demo/random.ts';
import { untilConsumed } from '#test/support/consumed.ts';
import { startStackProcess, temporaryDirectory } from '#test/support/stack-process.ts';
import { audienceMembers, membersOnProfiles, storedPeople } from '#test/support/stored-people.ts';
import { openClients } from './clients.ts';
import { type Difference, openLedger } from './ledger.ts';

export interface SoakOptions {
  readonly assembly: string;
  readonly minutes: number;
  readonly seed: number;
  readonly print: (line: string) => void;
}

/** What came of it; all of it zero but `events`, `people` and `kills`. */
export interface Soaked extends Difference {
  readonly events: number;
  readonly people: number;
  readonly kills: number;
  /** Rows of segments that are not those of the people. */
  readonly astray: number;
}

const REPORT_EVERY_MS = 15_000;

/**
 * Lets clients send to a running stack while its workers, its database and all of it are killed at random,
 * and counts in the end what stands in the tables against what was acknowledged.
 */
export async function soak({ assembly, minutes, seed, print }: SoakOptions): Promise<Soaked> {
  const random = seededRandom(seed);
  const home = temporaryDirectory();
  const dir = join(home, 'state');
  let stack = await startStackProcess({ assembly, dir });
  try {
    await define(adminClient(stack.urls.admin, stack.adminToken), SHOP);
    const ledger = openLedger();
    const clients = openClients({ random: seededRandom(seed + 1), ledger, url: stack.urls.collect });
    const kills = { worker: 0, database: 0, process: 0 };
    const endsAt = Date.now() + minutes * 60_000;
    let reportAt = Date.now() + REPORT_EVERY_MS;
    const report = (): void => {
      const left = Math.max(0, Math.round((endsAt - Date.now()) / 1000));
      print(
        `${left} s left, ${ledger.events()} events sent, ${clients.sent.acknowledged} acknowledged, ` +
          `${clients.sent.resent} resent, killed ${kills.worker} workers, ${kills.database} databases, ` +
          `${kills.process} processes`,
      );
    };

    async function strike(): Promise<void> {
      const target = random.pick(['worker', 'worker', 'worker', 'database', 'process'] as const);
      if (target === 'worker') {
        if ((await stack.crashFunction(random.integer(0, 99))) !== undefined) kills.worker += 1;
        return;
      }
      if (target === 'database') {
        if (stack.killDatabase()) kills.database += 1;
        return;
      }
      await stack.kill();
      kills.process += 1;
      stack = await startStackProcess({ assembly, dir, after: stack });
    }

    let strikeAt = Date.now();
    while (Date.now() < endsAt) {
      await pause(50);
      if (Date.now() >= strikeAt) {
        await strike();
        strikeAt = Date.now() + random.integer(500, 6_000);
      }
      if (Date.now() >= reportAt) {
        report();
        reportAt += REPORT_EVERY_MS;
      }
    }
    await clients.finish();
    report();
    await untilConsumed(stack);

    const people = await storedPeople(stack);
    const rows = await audienceMembers(stack);
    const members = membersOnProfiles(people);
    return {
      events: ledger.events(),
      people: people.length,
      kills: kills.worker + kills.database + kills.process,
      ...ledger.compare(people),
      astray: new Set(rows).symmetricDifference(new Set(members)).size,
    };
  } finally {
    await stack.stop();
    rmSync(home, { recursive: true, force: true });
  }
}
