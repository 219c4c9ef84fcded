import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MeteredDynamoDb } from '#bench/metered-dynamodb.ts';
import { startMeteredTables } from '#bench/metered-tables.ts';
import { trafficWorkload } from '#bench/traffic.ts';
import { virtualRiver } from '#bench/virtual-river.ts';
import { PEOPLE } from '#test/support/local-dynamodb.ts';

const keyed = (...names: readonly string[]) => ({
  KeySchema: names.map((AttributeName, at) => ({ AttributeName, KeyType: at === 0 ? 'HASH' : 'RANGE' })),
  AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
});
const TABLES = {
  People: PEOPLE,
  Identities: keyed('identifier'),
  Audiences: keyed('segment', 'pid'),
  Catalog: keyed('kind', 'id'),
};

describe('the river by a clock of its own', () => {
  let meter: MeteredDynamoDb;
  beforeEach(async () => {
    const resources = Object.entries(TABLES).map(([id, Properties]) => [
      id,
      { Type: 'AWS::DynamoDB::GlobalTable', Properties },
    ]);
    meter = await startMeteredTables({ Resources: Object.fromEntries(resources) });
  });
  afterEach(() => meter.close());

  it('counts what it is given, writes people, and nothing when all of it comes again', async () => {
    const { requests } = trafficWorkload({ from: 'browser', batch: 15 }, { events: 60 });
    const run = () => virtualRiver(requests, { meter, timeline: 'known', windowMs: 1000, pace: 1 });

    const once = await run();
    const again = await run();

    expect(once.requests).toBe(requests.length);
    expect(once.records).toBeGreaterThanOrEqual(once.requests);
    expect(once.payloadUnits).toBe(once.records);
    expect(once.dynamodb.write.activity).toBeGreaterThan(0);
    expect(once.dynamodb.unexplained).toBe(0);
    expect(Object.values(again.dynamodb.write).every((units) => units === 0)).toBe(true);
  });

  it('needs fewer invocations where batches wait for more', async () => {
    const { requests } = trafficWorkload({ from: 'browser', batch: 1 }, { events: 30 });
    const run = (windowMs: number) => virtualRiver(requests, { meter, timeline: 'known', windowMs, pace: 1 });

    const patient = await run(60_000);
    const hasty = await run(1_000);

    expect(patient.invocations).toBeLessThan(hasty.invocations);
    expect(patient.records).toBe(hasty.records);
  });
});
