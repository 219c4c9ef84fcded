import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { Conflict, type ConflictFilter, type ConflictList } from '#shared/profiles/conflict.ts';
import { CONFLICT_SHARDS, CONFLICTS_INDEX, conflictShard } from './person-items.ts';

const Place = z.object({ conflictPlace: z.string() });
const Item = z.object({ ...Conflict.shape, ...Place.shape });

/** Items of one shard looked at for one page: a filter may leave out nearly all of them. */
const MAX_LOOKED_AT = 2_000;

/** After every time, in the order of places. */
const END = '~';

/** Conflicts as they stand beside the people, by the index that lists them. */
export function dynamoConflictList({
  client,
  tableName,
}: {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
}): ConflictList {
  async function ofShard(
    shard: number,
    { filter, before = END, limit }: Parameters<ConflictList['newest']>[0],
  ) {
    const items: z.infer<typeof Item>[] = [];
    let readTo = before;
    for (let lookedAt = 0; lookedAt < MAX_LOOKED_AT && items.length < limit; ) {
      const page = await client.send(
        new QueryCommand({
          TableName: tableName,
          IndexName: CONFLICTS_INDEX,
          KeyConditionExpression: 'conflictShard = :shard AND conflictPlace < :before',
          ...filtered(filter, { ':shard': conflictShard(shard), ':before': readTo }),
          ScanIndexForward: false,
          Limit: Math.max(limit, 100),
        }),
      );
      items.push(...(page.Items ?? []).map((item) => Item.parse(item)));
      if (page.LastEvaluatedKey === undefined) return { items, readTo: '' };
      readTo = Place.parse(page.LastEvaluatedKey).conflictPlace;
      lookedAt += page.ScannedCount ?? 0;
    }
    return { items, readTo };
  }

  return {
    async newest(page) {
      const shards = Array.from({ length: CONFLICT_SHARDS }, (_, shard) => shard);
      const found = await Promise.all(shards.map((shard) => ofShard(shard, page)));
      // what is older than the place that one shard is read to is not known of all
      const horizon = found.reduce((latest, { readTo }) => (readTo > latest ? readTo : latest), '');
      const known = found
        .flatMap(({ items }) => items)
        .filter(({ conflictPlace }) => conflictPlace >= horizon)
        .sort((a, b) => (a.conflictPlace < b.conflictPlace ? 1 : -1));
      const shown = known.slice(0, page.limit);
      const next = known.length > page.limit ? (shown.at(-1)?.conflictPlace ?? horizon) : horizon;
      return {
        conflicts: shown.map(({ conflictPlace: _, ...conflict }) => conflict),
        ...(next !== '' && { next }),
      };
    },
  };
}

/** A filter's names and values beside those of the key. */
function filtered(filter: ConflictFilter, values: Readonly<Record<string, string>>) {
  const given = Object.entries(filter).flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, value }],
  );
  if (given.length === 0) return { ExpressionAttributeValues: values };
  return {
    FilterExpression: given.map(({ name }) => `#${name} = :${name}`).join(' AND '),
    ExpressionAttributeNames: Object.fromEntries(given.map(({ name }) => [`#${name}`, name])),
    ExpressionAttributeValues: {
      ...values,
      ...Object.fromEntries(given.map(({ name, value }) => [`:${name}`, value])),
    },
  };
}
