import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { KinesisStreamRecord } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dynamoIdentities } from '#functions/adapters/dynamodb/identities.ts';
import { dynamoPeople } from '#functions/adapters/dynamodb/people.ts';
import { streamRecords } from '#functions/adapters/kinesis/stream-records.ts';
import { applyKey } from '#functions/profiles/apply-key.ts';
import type { ApplyPorts } from '#functions/profiles/apply-records.ts';
import { hotPeople } from '#functions/profiles/hot-people.ts';
import { kinesisBatch } from '#functions/runtime/kinesis-batch.ts';
import { type CollectedEvent, Pid } from '#shared/events/event.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { applying } from '#test/support/applying.ts';
import { startDynamoDb, type TestDynamoDb } from '#test/support/dynamodb.ts';
import { collected, web } from '#test/support/events.ts';
import { kinesisRecord } from '#test/support/kinesis-record.ts';

/** A minute of a shop's traffic in which somebody is a bot. */
const HOT = 10_000;
const OTHERS_EVERY = 50;
/** What Lambda delivers at a time. */
const BATCH = 500;

let dynamo: TestDynamoDb;
// Each its own: so many items take longer to delete than to write
beforeEach(async () => {
  dynamo = await startDynamoDb();
});
afterEach(() => dynamo.close());

const START = Date.parse('2026-11-22T12:00:00Z');

interface Minute {
  readonly hot: (n: number) => Partial<CollectedEvent>;
  readonly count: number;
}

/** Each event in a record of its own, one of somebody else's after every fifty of the hot person's. */
function* minute({ hot, count }: Minute): Generator<Partial<CollectedEvent>> {
  for (let n = 0; n < count; n++) {
    const timestamp = START + n * 6;
    yield { messageId: `hot-${n}`, timestamp, ...hot(n) };
    if (n % OTHERS_EVERY !== 0) continue;
    const other = n / OTHERS_EVERY;
    yield {
      userId: `other-${other}`,
      anonymousId: `device-${other}`,
      messageId: `other-${other}`,
      timestamp,
    };
  }
}

function recordsOf(events: Iterable<Partial<CollectedEvent>>): KinesisStreamRecord[] {
  let sequence = 10n ** 55n;
  return [...events].flatMap((said) =>
    streamRecords([collected(said)], { source: web, receivedAt: START + 60_000 }).map(
      ({ partitionKey, record }) =>
        kinesisRecord({
          partitionKey,
          sequenceNumber: String(sequence++),
          data: Buffer.from(JSON.stringify(record)).toString('base64'),
          arrivedAt: START + 60_000,
        }),
    ),
  );
}

async function run(said: Minute) {
  const clock = (): number => START + 60_000;
  const people = dynamoPeople({
    client: dynamo.documents,
    tableName: 'people',
    identitiesTable: 'identities',
    timelineDays: 90,
    dedupDays: 30,
    now: clock,
  });
  const identities = dynamoIdentities(dynamo.documents, 'identities');
  const writes = new Map<Pid, { all: number; ofProfile: number }>();
  const isHot = hotPeople(clock);
  const became: Pid[] = [];
  let pids = 0;
  const ports: ApplyPorts = {
    ...applying().ports,
    identities,
    people: {
      ...people,
      write(change) {
        const { pid } = change.person;
        const { all, ofProfile } = writes.get(pid) ?? { all: 0, ofProfile: 0 };
        writes.set(pid, { all: all + 1, ofProfile: ofProfile + Number(change.profileChanged) });
        return people.write(change);
      },
    },
    giveUpAfterMs: 60_000,
    becomesHot(pid, events) {
      const becomes = isHot(pid, events);
      if (becomes) became.push(pid);
      return becomes;
    },
    newPid: () => Pid.parse(`p${pids++}`),
    now: clock,
  };
  const handle = kinesisBatch({ handle: (key) => applyKey(key, ports) });

  const records = recordsOf(minute(said));
  const failed: unknown[] = [];
  for (let at = 0; at < records.length; at += BATCH) {
    const { batchItemFailures } = await handle({ Records: records.slice(at, at + BATCH) });
    failed.push(...batchItemFailures);
  }

  const find = async (key: string): Promise<Person | undefined> => {
    const owners = await identities.owners([`${web.legalEntity}#${key}`], { consistent: true });
    return [
      ...(
        await people.findMany(
          [...owners.values()].map(({ pid }) => pid),
          { consistent: true },
        )
      ).values(),
    ][0];
  };
  return { find, failed, writes, became };
}

/** The bytes of each item of a person, as DynamoDB counts them, nearly. */
async function itemBytes(pid: Pid): Promise<ReadonlyMap<string, number>> {
  const sizes = new Map<string, number>();
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const page = await dynamo.documents.send(
      new QueryCommand({
        TableName: 'people',
        KeyConditionExpression: 'pid = :pid',
        ExpressionAttributeValues: { ':pid': pid },
        ExclusiveStartKey,
      }),
    );
    for (const { sk, ...rest } of page.Items ?? []) {
      sizes.set(
        String(sk),
        Object.values(rest).reduce((sum: number, value) => sum + bytesOf(value), String(sk).length),
      );
    }
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return sizes;
}

function bytesOf(value: unknown): number {
  if (value instanceof Uint8Array) return value.byteLength;
  if (value instanceof Set) return [...value].reduce((sum: number, one) => sum + bytesOf(one) + 1, 3);
  return Buffer.byteLength(typeof value === 'string' ? value : JSON.stringify(value));
}

describe('a person who gets very many events in a minute', { timeout: 300_000 }, () => {
  it.each([
    {
      name: '10,000, each of a device of its own',
      count: HOT,
      hot: (n: number) => ({ userId: 'bot', anonymousId: `bot-${n}` }),
    },
    { name: 'all of one device', count: 2_000, hot: () => ({ userId: 'bot', anonymousId: 'device' }) },
    {
      name: 'each of another name',
      count: 2_000,
      hot: (n: number) => ({ userId: 'bot', event: `Event ${n}` }),
    },
    {
      name: 'on a till that twenty users share',
      count: 2_000,
      hot: (n: number) => ({ userId: n % 20 === 0 ? 'bot' : `till-${n % 20}`, anonymousId: 'till' }),
      share: 100,
    },
  ])('slows nobody else and keeps within bounds: $name', async ({ count, hot, share = count }) => {
    const { find, failed, writes, became } = await run({ count, hot });

    expect(failed).toEqual([]);
    const bot = await find('userId#bot');
    if (bot === undefined) throw new TypeError('nobody has the id');
    const counted = Object.values(bot.activity.events).reduce((sum, one) => sum + one.count, 0);
    expect(counted + bot.activity.otherEvents).toBe(share);
    for (let n = 0; n < count / OTHERS_EVERY; n++) {
      const other = await find(`userId#other-${n}`);
      expect(other?.activity).toMatchObject({ version: 1, events: { Viewed: { count: 1 } } });
    }

    // A delivery's events of a person go together: few writes, of which few change who they are
    const deliveries = Math.ceil((count * (1 + 1 / OTHERS_EVERY)) / BATCH);
    const { all = 0, ofProfile = 0 } = writes.get(bot.pid) ?? {};
    expect(all).toBeLessThanOrEqual(deliveries + 20);
    expect(ofProfile).toBeLessThanOrEqual(20);
    expect(became).toEqual(share === count ? [bot.pid] : []);
    const sizes = await itemBytes(bot.pid);
    const largest = (prefix: string): number =>
      Math.max(0, ...[...sizes].filter(([sk]) => sk.startsWith(prefix)).map(([, bytes]) => bytes));
    expect(largest('!activity')).toBeLessThan(20_000);
    expect(largest('!profile')).toBeLessThan(100_000);
    expect(largest('seen#')).toBeLessThan(4_096);
  });
});
