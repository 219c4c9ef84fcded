import { PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cachedDefinitions } from '#functions/adapters/dynamodb/cached-definitions.ts';
import {
  DEFINITIONS_AGE_MS,
  dynamoComputedTraits,
  dynamoSegments,
  dynamoTraits,
  dynamoWorkspaceSettings,
  META,
} from '#functions/adapters/dynamodb/counted-definitions.ts';
import { activityItem, profileItem } from '#functions/adapters/dynamodb/person-hot-items.ts';
import { ComputedTrait } from '#shared/computed/computed-trait.ts';
import { readAggregate } from '#shared/computed/read-aggregate.ts';
import { startDynamoDb, type TestDynamoDb } from '#test/support/dynamodb.ts';
import { person } from '#test/support/person.ts';

const NOW = Date.parse('2026-11-22T09:15:00Z');

let db: TestDynamoDb;
let now = NOW;
const catalog = () => ({ client: db.documents, tableName: 'catalog', now: () => now });
const current = () => cachedDefinitions(catalog()).current(0);

beforeEach(async () => {
  db = await startDynamoDb();
  now = NOW;
});
afterEach(() => db.close());

const orders = (id: string, more: object = {}): ComputedTrait =>
  ComputedTrait.parse({
    id,
    name: id,
    event: 'Ordered',
    function: 'count',
    window: { days: 30 },
    ...more,
  });

describe('what is counted', () => {
  it('is what computed traits ask for, since every container knows of it', async () => {
    await dynamoComputedTraits(catalog()).put(orders('orders-30-days'));

    const { version, computed } = await current();
    expect(version).toBe(1);
    expect(computed.byEvent.get('Ordered')?.map(({ key }) => key)).toEqual(['1']);
    expect(computed.named.get('orders-30-days')).toMatchObject({ key: '1', since: NOW + DEFINITIONS_AGE_MS });
  });

  it('goes on when something else is defined, or the same under another name', async () => {
    const traits = dynamoComputedTraits(catalog());
    await traits.put(orders('orders'));
    now += 60_000;
    await traits.put(orders('more', { function: 'sum', property: 'total' }));
    await traits.put(orders('renamed'));
    await traits.remove('orders');
    await dynamoTraits(catalog()).put({ id: 'size', strategy: 'max' });
    await dynamoSegments(catalog()).put({ id: 's', name: 'S', condition: { event: { name: 'x' } } });

    const { version, computed } = await current();
    expect(version).toBe(6);
    expect(computed.named.get('renamed')).toMatchObject({ key: '1', since: NOW + DEFINITIONS_AGE_MS });
    expect(computed.named.get('more')).toMatchObject({ key: '2', since: NOW + 60_000 + DEFINITIONS_AGE_MS });
    expect([...computed.named.keys()].sort()).toEqual(['more', 'renamed']);
  });

  it('begins anew for what went away and comes back', async () => {
    const traits = dynamoComputedTraits(catalog());
    await traits.put(orders('orders'));
    await traits.remove('orders');
    expect((await current()).computed.byEvent.get('Ordered')).toBeUndefined();
    now += 60_000;
    await traits.put(orders('orders'));

    const { computed } = await current();
    expect(computed.named.get('orders')).toMatchObject({
      key: '2',
      since: NOW + 60_000 + DEFINITIONS_AGE_MS,
    });
    const before = person('p', { activity: { computed: { 1: [[Math.floor(NOW / 86_400_000), 5]] } } });
    const ref = computed.named.get('orders');
    expect(ref && readAggregate(before.activity, ref, now).value).toBe(0);
  });

  it('begins anew when days begin elsewhere, where it is counted by days', async () => {
    const [traits, settings] = [dynamoComputedTraits(catalog()), dynamoWorkspaceSettings(catalog())];
    await traits.put(orders('days'));
    await traits.put(orders('hours', { window: { hours: 24 } }));
    now += 60_000;
    await settings.put({ id: 'workspace', timeZone: 'Europe/Paris' });

    const { computed, timeZone } = await current();
    expect(timeZone).toBe('Europe/Paris');
    expect(computed.named.get('days')?.key).not.toBe('1');
    expect(computed.named.get('days')?.since).toBe(NOW + 60_000 + DEFINITIONS_AGE_MS);
    expect(computed.named.get('hours')).toMatchObject({ key: '2', since: NOW + DEFINITIONS_AGE_MS });
  });

  it('misses no definition of several that come at once', async () => {
    const ids = ['a', 'b', 'c', 'd', 'e'];

    await Promise.all([
      ...ids.map((id, index) =>
        dynamoComputedTraits(catalog()).put(orders(id, { window: { days: index + 1 } })),
      ),
      dynamoTraits(catalog()).put({ id: 'size', strategy: 'max' }),
    ]);

    const { version, computed } = await current();
    expect(version).toBe(6);
    expect([...computed.named.keys()].sort()).toEqual(ids);
    expect(ids.map((id) => computed.named.get(id)?.key).sort()).toEqual(['1', '2', '3', '4', '5']);
  });

  it('is refused, and nothing written, where a person could not hold it', async () => {
    const large = orders('products', { function: 'mostFrequent', property: 'sku', limit: 50 });

    await expect(dynamoComputedTraits(catalog()).put(large)).rejects.toMatchObject({
      status: 409,
      code: 'TOO_MUCH_COMPUTED',
      message: expect.stringContaining(' 176'),
    });
    expect(await dynamoComputedTraits(catalog()).list()).toEqual([]);
    expect((await current()).version).toBe(0);
  });

  it('rewrites nobody when it changes', async () => {
    const stored = person('p', { activity: { lastSeenAt: NOW } });
    for (const Item of [activityItem(stored, undefined), profileItem(stored)]) {
      await db.documents.send(new PutCommand({ TableName: 'people', Item }));
    }
    const people = async () => (await db.documents.send(new ScanCommand({ TableName: 'people' }))).Items;
    const before = await people();

    await dynamoComputedTraits(catalog()).put(orders('orders'));
    await dynamoWorkspaceSettings(catalog()).put({ id: 'workspace', timeZone: 'Asia/Tokyo' });
    await dynamoComputedTraits(catalog()).remove('orders');

    expect(before).toHaveLength(2);
    expect(await people()).toEqual(before);
    const { Items = [] } = await db.documents.send(new ScanCommand({ TableName: 'catalog' }));
    expect(Items.filter(({ kind }) => kind === META.kind)).toHaveLength(1);
  });
});
