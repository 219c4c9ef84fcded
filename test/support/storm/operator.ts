import type { Random } from '#demo/random.ts';
import { dynamoMerges } from '#functions/adapters/dynamodb/merges.ts';
import { awsPorts } from '#functions/profiles/aws-ports.ts';
import type { ProfilesEnv } from '#functions/profiles/env.ts';
import { unmergePair } from '#functions/profiles/unmerge-pair.ts';
import type { Pid } from '#shared/events/event.ts';
import { absorbedBy } from '#shared/profiles/profile.ts';
import { clientsOver } from './clients.ts';
import type { Line } from './network.ts';
import { readEverybody } from './stored.ts';

interface World {
  readonly env: ProfilesEnv;
  readonly openLine: () => Line;
  readonly now: () => number;
}

/** Whom to set apart from whom. */
export interface Wish {
  readonly pid: Pid;
  readonly absorbed: Pid;
}

/** How often somebody looks whom there is to set apart. */
const LOOKS = 15;

/**
 * Sets people apart who were merged, some of those that a look at the tables shows. Each attempt has a λ of
 * its own, which may end in its midst. @returns all that was begun, done or not.
 */
export async function setPeopleApart(world: World, random: Random): Promise<readonly Wish[]> {
  const begun: Wish[] = [];
  for (let look = 0; look < LOOKS; look++) {
    try {
      const { documents } = clientsOver(world.openLine());
      const { people } = await readEverybody(documents, world.env);
      const [first, ...others] = [...people.values()].flatMap(({ pid, profile }) =>
        absorbedBy(profile).map((absorbed) => ({ pid, absorbed })),
      );
      if (first === undefined || random.chance(0.5)) continue;
      const wish = random.pick([first, ...others]);
      begun.push(wish);
      await setApart(wish, world);
    } catch {
      // its λ ended, or it was told to ask again
    }
  }
  return begun;
}

/** Asks for it as the Admin API does, once. */
export async function setApart({ pid, absorbed }: Wish, { env, openLine, now }: World): Promise<void> {
  const clients = clientsOver(openLine());
  const ports = {
    ...awsPorts(env, clients),
    merges: dynamoMerges({ client: clients.documents, tableName: env.PEOPLE_TABLE }),
    now,
    pause: async () => {},
  };
  await unmergePair({ pid, absorbed, by: 'somebody', isAllowed: () => true }, ports);
}
