import * as z from 'zod';
import { seededRandom } from '#demo/random.ts';
import { dynamoIdentitySettings, dynamoSegments } from '#functions/adapters/dynamodb/counted-definitions.ts';
import { ProfilesEnv } from '#functions/profiles/env.ts';
import { logger } from '#functions/runtime/telemetry.ts';
import { CollectedEvent } from '#shared/events/event.ts';
import { StreamRecord } from '#shared/events/stream-record.ts';
import type { TestDynamoDb } from '#test/support/dynamodb.ts';
import { type Counted, countedEvents } from './counted.ts';
import { SENT_AT } from './history.ts';
import { startLambda } from './lambda.ts';
import { type Fate, openNetwork } from './network.ts';
import { meddle } from './operator.ts';
import { openReading } from './read-shard.ts';
import { SEGMENTS, SETTINGS } from './segments.ts';
import {
  type Erased,
  forgetSpills,
  reserveContact,
  type Stored,
  storedErased,
  storedPeople,
  storedRows,
} from './stored.ts';
import { type Request, type Shard, streamOf } from './stream.ts';
import { openTestAws, type TestAws } from './test-aws.ts';
import { CALM, type Weather } from './weather.ts';

/** What a history came to. */
export interface Came {
  readonly people: readonly Stored[];
  readonly erased: readonly Erased[];
  /** Ids of the messages in quarantine that nobody can apply, in order. */
  readonly quarantined: readonly string[];
  /** How many events were given up, and redriven. */
  readonly redriven: number;
  /** And of these, how many were addressed to somebody. */
  readonly redrivenTo: number;
  readonly counted: Counted;
  /** How many events lie in quarantine. */
  readonly kept: number;
  readonly calls: Calls;
  /** Delivers all of it once more, and has the clients send it once more, in good weather. */
  repeat(): Promise<Pick<Came, 'people' | 'counted' | 'kept' | 'calls'>>;
}

export interface History {
  readonly requests: readonly Request[];
  readonly weather: Weather;
  /** What has come before, in good weather. */
  readonly before?: readonly Request[];
  /** What is sent after what was given up is redriven for the first time. */
  readonly later?: readonly Request[];
}

type Calls = readonly { readonly operation: string; readonly fate: Fate }[];

let worlds = 0;

const HOUR_MS = 3_600_000;
const GIVE_UP_HOURS = 11;

/**
 * Sends a history through the real function into tables of its own, in some weather, until it is through;
 * what is given up is redriven, and what of an un-merge or an erasure is broken off is asked for again.
 */
export async function endure(
  dynamodb: TestDynamoDb,
  { requests, weather, before = [], later = [] }: History,
): Promise<Came> {
  logger.setLogLevel('SILENT');
  const suffix = `-${worlds++}`;
  await dynamodb.createTables(suffix);
  const env = ProfilesEnv.parse({
    PEOPLE_TABLE: `people${suffix}`,
    IDENTITIES_TABLE: `identities${suffix}`,
    CATALOG_TABLE: `catalog${suffix}`,
    QUARANTINE_BUCKET: 'quarantine',
    QUALITY_TABLE: `quality${suffix}`,
    TIMELINE: 'all',
    TIMELINE_DAYS: 365,
    DEDUP_DAYS: 30,
    GIVE_UP_HOURS,
  });
  const catalog = dynamoSegments({ client: dynamodb.documents, tableName: env.CATALOG_TABLE });
  for (const segment of SEGMENTS) await catalog.put(segment);
  await dynamoIdentitySettings({ client: dynamodb.documents, tableName: env.CATALOG_TABLE }).put(SETTINGS);

  const aws = openTestAws(dynamodb.endpoint);
  const random = seededRandom(weather.seed);
  const options = {
    splitAfter: random.integer(0, requests.length),
    mergeAfter: random.integer(0, requests.length),
    ...weather.stream,
  };

  async function read(
    shards: readonly Shard[],
    { fate, isRacing = false, isLate = false, meddling, setbacks = 0 }: Omit<Weather, 'seed'>,
  ) {
    let n = 0;
    const network = openNetwork(aws, {
      pick: (waiting) => (isRacing ? random.integer(0, waiting - 1) : 0),
      fate: (call) => fate(call, n++, random),
    });
    const now = () => SENT_AT + (isLate ? 2 * GIVE_UP_HOURS * HOUR_MS : 0);
    const world = { env, openLine: network.openLine, now };
    const start = () => startLambda(env, { line: network.openLine(), now });
    const wishes = meddling === undefined ? Promise.resolve([]) : meddle(world, { ...meddling, random });
    await network.run([...shards.map(openReading({ start, random, setbacks })), wishes]);

    const begun = await wishes;
    const calm = openNetwork(aws, { pick: () => 0, fate: () => 'served' });
    for (const wish of begun) await calm.run([wish.finish({ ...world, openLine: calm.openLine })]);
    return network.calls;
  }

  if (before.length > 0) await read(streamOf(before, { ...options, written: -100 }), CALM);
  const pids = await storedRows(dynamodb.documents, env);
  for (const to of new Set(requests.flatMap((request) => request.to ?? []))) {
    await reserveContact(dynamodb.documents, { env, pid: pids.get(to) });
  }
  const sent = (times: number) => streamOf(Array(times).fill(requests).flat(), { ...options, pids });
  const calls = await read(sent(1), weather);
  const given = givenUp(aws.objects);
  // twice, as two people may who do not know of each other
  for (const written of [10_000, 20_000]) {
    if (weather.isRedrivenLate) await forgetSpills(dynamodb.documents, env);
    const redriven = streamOf(given, { ...options, written, keyOf: () => 'redriven' });
    await read(redriven, { ...weather, isLate: false });
    await read(streamOf(later, { ...options, written: 15_000 }), CALM);
  }
  const came = async () => ({
    people: await storedPeople(dynamodb.documents, env),
    counted: await countedEvents(dynamodb.documents, env),
    kept: aws.objects.size,
  });
  return {
    ...(await came()),
    erased: await storedErased(dynamodb.documents, env),
    quarantined: strays(aws.objects),
    redriven: given.length,
    redrivenTo: given.filter(({ person }) => person !== undefined).length,
    calls,
    async repeat() {
      const again = await read(sent(2), CALM);
      return { ...(await came()), calls: again };
    },
  };
}

const Entry = z.object({
  reason: z.string(),
  event: CollectedEvent,
  record: StreamRecord.omit({ events: true, redrive: true }),
});

const entriesOf = (objects: TestAws['objects']) =>
  [...objects.values()]
    .flatMap((object) => object.split('\n').filter((line) => line !== ''))
    .map((entry) => Entry.parse(JSON.parse(entry)));

/** Ids of the messages in quarantine that nobody can apply, in order. */
function strays(objects: TestAws['objects']): readonly string[] {
  const ids = entriesOf(objects).flatMap(({ reason, event }) =>
    reason === 'given_up' ? [] : [event.messageId],
  );
  return [...new Set(ids)].sort();
}

/** What was given up, as it is put back on the stream. */
const givenUp = (objects: TestAws['objects']): readonly Request[] =>
  entriesOf(objects)
    .filter(({ reason }) => reason === 'given_up')
    .map(({ event, record: { source, receivedAt, person } }) => ({
      ...{ source, receivedAt, person },
      redrive: true,
      events: [event],
    }));
