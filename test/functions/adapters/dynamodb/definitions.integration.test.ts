import { readFileSync } from 'node:fs';
import { PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cachedDefinitions } from '#functions/adapters/dynamodb/cached-definitions.ts';
import {
  dynamoIdentitySettings,
  dynamoSegments,
  dynamoTraits,
} from '#functions/adapters/dynamodb/counted-definitions.ts';
import { cachedSourceByWriteKey, dynamoSources } from '#functions/adapters/dynamodb/sources.ts';
import { IdentitySettings } from '#shared/identity/settings.ts';
import { UnavailableError } from '#shared/kernel/errors.ts';
import { definitionRepositoryContract } from '#test/contract/definition-repository.ts';
import { startDynamoDb, type TestDynamoDb } from '#test/support/dynamodb.ts';
import { person, stampedAt } from '#test/support/person.ts';

let db: TestDynamoDb;
const catalog = (now?: () => number) => ({
  client: db.documents,
  tableName: 'catalog',
  ...(now !== undefined && { now }),
});

beforeEach(async () => {
  db = await startDynamoDb();
});
afterEach(() => db.close());

definitionRepositoryContract('the repository on DynamoDB', async () => dynamoSegments(catalog()));

describe('cachedDefinitions', () => {
  const segment = (id: string) => ({ id, name: id, condition: { event: { name: 'x', exactly: 0 } } });
  const members = async (definitions: ReturnType<typeof cachedDefinitions>, atLeast = 0) => {
    const current = await definitions.current(atLeast);
    return [current.version, [...current.evaluate(person('p'), 0).members]] as const;
  };

  it('evaluates by the segments there are, under the number of changes there were', async () => {
    const segments = dynamoSegments(catalog());
    expect(await members(cachedDefinitions(catalog()))).toEqual([0, []]);

    await segments.put(segment('a'));
    await segments.put(segment('b'));
    await segments.remove('a');
    await segments.remove('a');

    expect(await members(cachedDefinitions(catalog()))).toEqual([3, ['b']]);
  });

  it('has the settings of identity, as of the same version', async () => {
    const identity = async () => (await cachedDefinitions(catalog()).current(0)).identity;
    const settings = dynamoIdentitySettings(catalog());
    expect((await identity()).limitOf('email')).toBe(5);

    await settings.put({ ...IdentitySettings.parse({ limits: { email: 2 } }), id: 'identity' });

    expect((await identity()).limitOf('email')).toBe(2);
    expect((await cachedDefinitions(catalog()).current(1)).version).toBe(1);
  });

  it('waits for a catalog that it cannot read, rather than hold that against the events', async () => {
    await dynamoSegments(catalog()).put(segment('a'));
    await db.documents.send(
      new PutCommand({
        TableName: 'catalog',
        Item: {
          kind: 'segment',
          id: 'newer',
          version: 1,
          updatedAt: 1,
          definition: '{"id":"newer","of":"another version"}',
        },
      }),
    );

    await expect(cachedDefinitions(catalog()).current(0)).rejects.toThrow(UnavailableError);
  });

  it('reads traits by the definitions of the same version, which each of them raises', async () => {
    const [segments, traits] = [dynamoSegments(catalog()), dynamoTraits(catalog())];
    const big = { id: 'big', name: 'Big', condition: { trait: { name: 'size', atLeast: 3 } } };
    const sizes = [3, 1].map((value, index) => ({ value, ...stampedAt(index + 1) }));
    const somebody = person('p', { profile: { traits: { size: sizes } } });
    const isBig = async () => {
      const { version, evaluate } = await cachedDefinitions(catalog()).current(0);
      return [version, evaluate(somebody, 0).members.has('big')];
    };

    await segments.put(big);
    expect(await isBig()).toEqual([1, false]);
    await traits.put({ id: 'size', strategy: 'max' });
    expect(await isBig()).toEqual([2, true]);
    await traits.remove('size');
    expect(await isBig()).toEqual([3, false]);
  });

  it('holds what it read for five seconds, unless newer definitions are asked for', async () => {
    let time = 0;
    const segments = dynamoSegments(catalog());
    const definitions = cachedDefinitions(catalog(() => time));
    await segments.put(segment('a'));
    await definitions.current(0);
    await segments.put(segment('b'));

    time = 4_999;
    expect(await members(definitions, 1)).toEqual([1, ['a']]);
    expect(await members(definitions, 2)).toEqual([2, ['a', 'b']]);

    await segments.put(segment('c'));
    time = 10_000;
    expect(await members(definitions)).toEqual([3, ['a', 'b', 'c']]);
  });
});

describe('sources', () => {
  const source = (id: string, ...writeKeys: string[]) => ({
    id,
    name: id,
    writeKeys,
    enabled: true,
    market: 'fr',
    brand: 'main',
    legalEntity: 'Main SA',
  });

  it('are found by each of their write keys', async () => {
    await dynamoSources(catalog()).put(source('site', 'site-key-1', 'site-key-2'));
    const find = cachedSourceByWriteKey(catalog());

    expect(await find('site-key-2')).toMatchObject({ id: 'site' });
    expect(await find('site-key-3')).toBeUndefined();
    expect(await find('')).toBeUndefined();
  });

  it('never share a write key', async () => {
    const sources = dynamoSources(catalog());
    await sources.put(source('site', 'site-key-1'));

    await expect(sources.put(source('app', 'app-key-1', 'site-key-1'))).rejects.toMatchObject({
      status: 409,
      code: 'WRITE_KEY_TAKEN',
    });
    expect(await sources.find('app')).toBeUndefined();
  });

  it('give up the keys that they drop, which another may then take', async () => {
    const sources = dynamoSources(catalog());
    await sources.put(source('site', 'site-key-1', 'site-key-2'));
    await sources.put(source('site', 'site-key-2'));
    await sources.put(source('app', 'site-key-1'));
    await sources.remove('site');

    const find = cachedSourceByWriteKey(catalog());
    expect(await find('site-key-1')).toMatchObject({ id: 'app' });
    expect(await find('site-key-2')).toBeUndefined();
  });

  it('change keys without a moment in which neither works, as fast as docs/errors.md says', async () => {
    let time = 0;
    const sources = dynamoSources(catalog());
    const find = cachedSourceByWriteKey(catalog(() => time));
    await sources.put(source('site', 'old-key-1'));
    expect(await find('old-key-1')).toMatchObject({ id: 'site' });
    expect(await find('new-key-1')).toBeUndefined();

    await sources.put(source('site', 'old-key-1', 'new-key-1'));
    time = 5_000;
    expect(await find('old-key-1')).toMatchObject({ id: 'site' });
    expect(await find('new-key-1')).toMatchObject({ id: 'site' });

    await sources.put(source('site', 'new-key-1'));
    time = 30_000;
    expect(await find('old-key-1')).toBeUndefined();
    time = 60_000;
    expect(await find('new-key-1')).toMatchObject({ id: 'site' });
    expect(readFileSync('docs/errors.md', 'utf8')).toContain(
      'A new source or key works after at most five seconds, a key that was taken away or disabled stops after at most half a minute.',
    );
  });

  it('are remembered for half a minute, and for five seconds that there is none', async () => {
    let time = 0;
    const sources = dynamoSources(catalog());
    const find = cachedSourceByWriteKey(catalog(() => time));
    expect(await find('site-key-1')).toBeUndefined();
    await sources.put(source('site', 'site-key-1'));

    time = 4_999;
    expect(await find('site-key-1')).toBeUndefined();
    time = 5_000;
    expect(await find('site-key-1')).toMatchObject({ enabled: true });
    await sources.put({ ...source('site', 'site-key-1'), enabled: false });
    time = 34_999;
    expect(await find('site-key-1')).toMatchObject({ enabled: true });
    time = 35_000;
    expect(await find('site-key-1')).toMatchObject({ enabled: false });
  });
});

it('refuses a definition that no item could hold', async () => {
  const large = {
    id: 'a',
    name: 'A',
    condition: { trait: { name: 'x', in: Array.from({ length: 1000 }, () => 'y'.repeat(400)) } },
  };

  await expect(dynamoSegments(catalog()).put(large)).rejects.toMatchObject({ status: 413 });
  expect((await db.documents.send(new ScanCommand({ TableName: 'catalog' }))).Items).toEqual([]);
});
