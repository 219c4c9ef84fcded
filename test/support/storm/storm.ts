import * as z from 'zod';
import { seededRandom } from '#demo/random.ts';
import { dynamoSegments } from '#functions/adapters/dynamodb/counted-definitions.ts';
import { ProfilesEnv } from '#functions/profiles/env.ts';
import { logger } from '#functions/runtime/telemetry.ts';
import type { TestDynamoDb } from '#test/support/dynamodb.ts';
import { SENT_AT } from './history.ts';
import { startLambda } from './lambda.ts';
import { type Fate, openNetwork } from './network.ts';
import { openReading } from './read-shard.ts';
import { SEGMENTS } from './segments.ts';
import { type Stored, storedPeople } from './stored.ts';
import { type Request, type Shard, streamOf } from './stream.ts';
import { openTestAws, type TestAws } from './test-aws.ts';
import { CALM, type Weather } from './weather.ts';

/** What a history came to. */
export interface Came {
  readonly people: readonly Stored[];
  /** Ids of the messages in quarantine, in order. */
  readonly quarantined: readonly string[];
  readonly calls: Calls;
  /** Delivers all of it once more, and has the clients send it once more, in good weather. */
  repeat(): Promise<{ readonly people: readonly Stored[]; readonly calls: Calls }>;
}

type Calls = readonly { readonly operation: string; readonly fate: Fate }[];

let worlds = 0;

const HOUR_MS = 3_600_000;
const GIVE_UP_HOURS = 11;

/** Sends a history through the real function into tables of its own, in some weather, until it is through. */
export async function endure(
  dynamodb: TestDynamoDb,
  { requests, weather }: { readonly requests: readonly Request[]; readonly weather: Weather },
): Promise<Came> {
  logger.setLogLevel('SILENT');
  const suffix = `-${worlds++}`;
  await dynamodb.createTables(suffix);
  const env = ProfilesEnv.parse({
    PEOPLE_TABLE: `people${suffix}`,
    IDENTITIES_TABLE: `identities${suffix}`,
    CATALOG_TABLE: `catalog${suffix}`,
    QUARANTINE_BUCKET: 'quarantine',
    TIMELINE: 'all',
    TIMELINE_DAYS: 365,
    DEDUP_DAYS: 30,
    GIVE_UP_HOURS,
  });
  const catalog = dynamoSegments({ client: dynamodb.documents, tableName: env.CATALOG_TABLE });
  for (const segment of SEGMENTS) await catalog.put(segment);

  const aws = openTestAws(dynamodb.endpoint);
  const random = seededRandom(weather.seed);
  const options = {
    splitAfter: random.integer(0, requests.length),
    mergeAfter: random.integer(0, requests.length),
    ...weather.stream,
  };

  async function read(
    shards: readonly Shard[],
    { fate, isRacing = false, isLate = false, setbacks = 0 }: Omit<Weather, 'seed'>,
  ) {
    let n = 0;
    const network = openNetwork(aws, {
      pick: (waiting) => (isRacing ? random.integer(0, waiting - 1) : 0),
      fate: (call) => fate(call, n++, random),
    });
    const now = () => SENT_AT + (isLate ? 2 * GIVE_UP_HOURS * HOUR_MS : 0);
    const start = () => startLambda(env, { line: network.openLine(), now });
    await network.run(shards.map(openReading({ start, random, setbacks })));
    return network.calls;
  }

  const people = () => storedPeople(dynamodb.documents, env);
  const calls = await read(streamOf(requests, options), weather);
  return {
    people: await people(),
    quarantined: messagesIn(aws.objects),
    calls,
    async repeat() {
      const again = await read(streamOf([...requests, ...requests], options), CALM);
      return { people: await people(), calls: again };
    },
  };
}

const Quarantined = z.object({ event: z.object({ messageId: z.string() }) });

function messagesIn(objects: TestAws['objects']): readonly string[] {
  const entries = [...objects.values()].flatMap((object) => object.split('\n').filter((line) => line !== ''));
  const ids = entries.map((entry) => Quarantined.parse(JSON.parse(entry)).event.messageId);
  return [...new Set(ids)].sort();
}
