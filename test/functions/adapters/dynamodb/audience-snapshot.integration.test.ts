import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { audiencePartition, shardOf } from '#functions/adapters/dynamodb/audience-shards.ts';
import { dynamoAudience } from '#functions/adapters/dynamodb/audience-snapshot.ts';
import { type Audience, isAfter, type Position } from '#functions/runs/audience.ts';
import { Pid } from '#shared/events/event.ts';
import { AUDIENCE_SHARDS } from '#shared/segments/audience-rows.ts';
import { startDynamoDb, type TestDynamoDb } from '#test/support/dynamodb.ts';

const pid = (n: number): Pid => Pid.parse(`p${String(n).padStart(4, '0')}`);

describe('the audience of a segment in DynamoDB', () => {
  let dynamo: TestDynamoDb;
  let audience: Audience;

  const write = (segment: string, of: Pid, row: Record<string, unknown> = {}) =>
    dynamo.documents.send(
      new PutCommand({
        TableName: 'audiences',
        Item: { segment: audiencePartition(segment, shardOf(of)), pid: of, n: 1, at: 1, ...row },
      }),
    );

  /** Everybody, page after page of at most `limit`. */
  async function readAll(segment: string, limit: number): Promise<Position[]> {
    const all: Position[] = [];
    for (;;) {
      const page = await audience.membersAfter(segment, { after: all.at(-1), limit });
      if (page.length === 0) return all;
      expect(page.length).toBeLessThanOrEqual(limit);
      all.push(...page);
    }
  }

  beforeAll(async () => {
    dynamo = await startDynamoDb();
    audience = dynamoAudience({ client: dynamo.documents, tableName: 'audiences' });
    for (let n = 0; n < 300; n++) await write('loyal', pid(n), n % 3 === 0 ? { left: true, ttl: 1 } : {});
    await write('loyal-too', pid(1));
  });
  afterAll(() => dynamo.close());

  it.each([1, 7, 100, 1000])(
    'is read whole and in order by pages of %i, without those who left',
    async (limit) => {
      const all = await readAll('loyal', limit);

      const expected = Array.from({ length: 300 }, (_, n) => n).filter((n) => n % 3 !== 0);
      expect(all.map((position) => position.pid).sort()).toEqual(expected.map(pid));
      expect(all.every((position, n) => n === 0 || isAfter(position, all[n - 1] ?? position))).toBe(true);
      expect(all.map((position) => audience.positionOf(position.pid))).toEqual(all);
    },
  );

  it('is empty for a segment without people', async () => {
    expect(await readAll('nobody', 10)).toEqual([]);
  });

  it('fills a page but for the last', async () => {
    const first = await audience.membersAfter('loyal', { after: undefined, limit: 150 });

    expect(first).toHaveLength(150);
  });
});

describe('shards', () => {
  it('share people evenly', () => {
    const sizes = Array.from({ length: AUDIENCE_SHARDS }, () => 0);
    for (let n = 0; n < 16_000; n++) {
      const shard = shardOf(Pid.parse(crypto.randomUUID()));
      sizes[shard] = (sizes[shard] ?? 0) + 1;
    }

    expect(Math.min(...sizes)).toBeGreaterThan(800);
    expect(Math.max(...sizes)).toBeLessThan(1200);
  });
});
