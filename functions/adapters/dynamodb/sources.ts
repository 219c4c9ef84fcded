import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { RequestError } from '#shared/kernel/errors.ts';
import type { DefinitionRepository } from '#shared/sources/definition-repository.ts';
import { Source } from '#shared/sources/source.ts';
import { dynamoDefinitions } from './definitions.ts';
import { plannedSources } from './planned-sources.ts';

interface CatalogOptions {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
  readonly now?: () => number;
}

const WriteKey = z.object({ source: z.string() });
const writeKeyItem = (id: string) => ({ kind: 'writeKey', id });

/**
 * Sources over table `catalog`. A write key is an item of its own, so that no two sources share one, and
 * none is held to a tracking plan that is not there.
 */
export function dynamoSources(options: CatalogOptions): DefinitionRepository<Source> {
  const { tableName: TableName } = options;
  return dynamoDefinitions({
    ...options,
    kind: 'source',
    schema: Source,
    refusal: ({ Update }) => (Update === undefined ? keyTaken() : planGone()),
    alongside({ id, before, after }) {
      const [had, has] = [new Set(before?.writeKeys), new Set(after?.writeKeys)];
      const [from, to] = [before?.trackingPlan, after?.trackingPlan];
      return [
        ...(from === undefined || from === to ? [] : [plannedSources(TableName, from).remove(id)]),
        ...(to === undefined || from === to ? [] : [plannedSources(TableName, to).add(id)]),
        ...[...had.difference(has)].map((key) => ({ Delete: { TableName, Key: writeKeyItem(key) } })),
        ...[...has].map((key) => ({
          Put: {
            TableName,
            Item: { ...writeKeyItem(key), source: after?.id },
            ConditionExpression: 'attribute_not_exists(id) OR #source = :source',
            ExpressionAttributeNames: { '#source': 'source' },
            ExpressionAttributeValues: { ':source': after?.id },
          },
        })),
      ];
    },
  });
}

const keyTaken = (): RequestError =>
  new RequestError({
    status: 409,
    code: 'WRITE_KEY_TAKEN',
    message: 'a write key belongs to another source',
  });

const planGone = (): RequestError =>
  new RequestError({
    status: 409,
    code: 'CHANGED_MEANWHILE',
    message: 'the tracking plan of this source has just been removed',
  });

const KNOWN_MS = 30_000;
/** Short, so that a new source works soon; long enough that a wrong key does not cost a read a request. */
const UNKNOWN_MS = 5_000;
/** Anybody can send any key. */
const MAX_HELD = 10_000;

/** Finds the source of a write key, as it was half a minute ago at most; `undefined` for a key of none. */
export function cachedSourceByWriteKey(
  options: CatalogOptions,
): (writeKey: string) => Promise<Source | undefined> {
  const { client, tableName, now = Date.now } = options;
  const sources = dynamoSources(options);
  const held = new Map<string, { readonly source: Promise<Source | undefined>; until: number }>();

  async function read(writeKey: string): Promise<Source | undefined> {
    const { Item } = await client.send(new GetCommand({ TableName: tableName, Key: writeKeyItem(writeKey) }));
    if (Item === undefined) return undefined;
    const found = await sources.find(WriteKey.parse(Item).source);
    // the two items are read one after the other
    return found?.definition.writeKeys.includes(writeKey) ? found.definition : undefined;
  }

  return async (writeKey) => {
    // no key of a source is longer or shorter, and DynamoDB refuses an empty one
    if (writeKey.length < 8 || writeKey.length > 100) return undefined;
    const known = held.get(writeKey);
    if (known !== undefined && known.until > now()) return known.source;
    if (held.size >= MAX_HELD) held.clear();
    const entry = { source: read(writeKey), until: now() + KNOWN_MS };
    held.set(writeKey, entry);
    try {
      const source = await entry.source;
      if (source === undefined) entry.until = now() + UNKNOWN_MS;
      return source;
    } catch (fault) {
      held.delete(writeKey);
      throw fault;
    }
  };
}
