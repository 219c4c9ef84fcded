import type { Random } from '#demo/random.ts';
import { dynamoErasures } from '#functions/adapters/dynamodb/erasures.ts';
import { dynamoMerges } from '#functions/adapters/dynamodb/merges.ts';
import { awsPorts } from '#functions/profiles/aws-ports.ts';
import type { ProfilesEnv } from '#functions/profiles/env.ts';
import { erasePerson, SETTLE_MS } from '#functions/profiles/erase-person.ts';
import { unmergePair } from '#functions/profiles/unmerge-pair.ts';
import type { Pid } from '#shared/events/event.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { absorbedBy } from '#shared/profiles/profile.ts';
import { clientsOver } from './clients.ts';
import type { Line } from './network.ts';
import { readEverybody } from './stored.ts';

interface World {
  readonly env: ProfilesEnv;
  readonly openLine: () => Line;
  readonly now: () => number;
}

/** Something that somebody at the Admin API wants done. */
export interface Wish {
  /** Asks for it once. */
  readonly ask: (world: World) => Promise<void>;
  /** Asks until it is done. */
  readonly finish: (world: World) => Promise<void>;
}

/** What there is to wish for, of these people. */
export type WishesFor = (people: readonly Person[]) => readonly Wish[];

/** How often somebody looks at what there is. */
const LOOKS = 15;

/**
 * Looks at the tables again and again, and now and then has some of that done which a look suggests. Each
 * attempt has a λ of its own, which may end in its midst. @returns all that was begun, done or not.
 */
export async function meddle(
  world: World,
  { random, wishesFor, chance }: { random: Random; wishesFor: WishesFor; chance: number },
): Promise<readonly Wish[]> {
  const begun: Wish[] = [];
  for (let look = 0; look < LOOKS; look++) {
    try {
      const { documents } = clientsOver(world.openLine());
      const { people } = await readEverybody(documents, world.env);
      const [first, ...others] = wishesFor([...people.values()]);
      if (first === undefined || !random.chance(chance)) continue;
      const wish = random.pick([first, ...others]);
      begun.push(wish);
      await wish.ask(world);
    } catch {
      // its λ ended, or it was told to ask again
    }
  }
  return begun;
}

/** That somebody whom another absorbed is set apart from them. */
export const setApart: WishesFor = (people) =>
  people.flatMap(({ pid, profile }) =>
    absorbedBy(profile).map((absorbed) => {
      const ask = (world: World) => askToSetApart(pid, absorbed, world);
      return { ask, finish: ask };
    }),
  );

/** That somebody is erased. */
export const erase: WishesFor = (people) =>
  people.map(({ pid }) => ({
    ask: async (world) => void (await askToErase(pid, world)),
    async finish(world) {
      let at = world.now();
      while (!(await askToErase(pid, { ...world, now: () => at }))) at += SETTLE_MS;
    },
  }));

function portsOf({ env, openLine, now }: World) {
  const clients = clientsOver(openLine());
  const { documents: client } = clients;
  const tableName = env.PEOPLE_TABLE;
  return {
    ...awsPorts(env, clients),
    merges: dynamoMerges({ client, tableName }),
    erasures: dynamoErasures({ client, tableName }),
    dedupDays: env.DEDUP_DAYS,
    now,
    pause: async () => {},
  };
}

async function askToSetApart(pid: Pid, absorbed: Pid, world: World): Promise<void> {
  await unmergePair({ pid, absorbed, by: 'somebody', isAllowed: () => true }, portsOf(world));
}

/** Whether nothing is left to be done. */
async function askToErase(pid: Pid, world: World): Promise<boolean> {
  const receipt = await erasePerson({ pid, by: 'somebody', isAllowed: () => true }, portsOf(world));
  return receipt?.isSettled ?? true;
}
