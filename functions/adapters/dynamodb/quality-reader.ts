import { paginateQuery, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { EpochMs } from '#shared/events/event.ts';
import type { QualityHour, QualityReader } from '#shared/quality/quality-count.ts';
import { hoursBetween, type QualityTable } from './quality-counts.ts';
import { attributeOf, cellOf } from './quality-pages.ts';

const Item = z.looseObject({ place: z.string(), lastAt: z.number().optional() });
type Item = z.infer<typeof Item>;

/** What stands in table `quality`. */
export function dynamoQualityReader({ client, tableName: TableName }: QualityTable): QualityReader {
  const inRange = (source: string, range: { readonly from: EpochMs; readonly to: EpochMs }) => ({
    TableName,
    KeyConditionExpression: '#source = :source AND #place BETWEEN :from AND :to',
    ExpressionAttributeNames: { '#source': 'source', '#place': 'place' },
    ExpressionAttributeValues: { ':source': source, ...hoursBetween(range.from, range.to) },
  });

  return {
    async hours(source, range) {
      const items: Item[] = [];
      for await (const { Items = [] } of paginateQuery({ client }, inRange(source, range))) {
        items.push(...Items.map((item) => Item.parse(item)));
      }
      const hours = Map.groupBy(items, ({ place }) => place.slice(0, 13));
      return [...hours].map(([hour, pages]) => readHour(Date.parse(`${hour}:00:00Z`), pages));
    },

    async lastAt(source, since) {
      let ExclusiveStartKey: Record<string, unknown> | undefined;
      do {
        const { Items = [], LastEvaluatedKey } = await client.send(
          new QueryCommand({
            ...inRange(source, { from: since, to: LAST_HOUR }),
            ScanIndexForward: false,
            Limit: 20,
            ExclusiveStartKey,
          }),
        );
        const items = Items.map((item) => Item.parse(item)).filter(({ lastAt }) => lastAt !== undefined);
        const newest = items[0]?.place.slice(0, 13);
        const times = items.flatMap(({ place, lastAt }) =>
          newest !== undefined && lastAt !== undefined && place.startsWith(newest) ? [lastAt] : [],
        );
        if (times.length > 0) return Math.max(...times);
        ExclusiveStartKey = LastEvaluatedKey;
      } while (ExclusiveStartKey !== undefined);
      return undefined;
    },
  };
}

/** No hour sorts after it. */
const LAST_HOUR = Date.UTC(9999, 11, 31);

/** Several items are of one hour where it has many names, and each may hold a part of a number. */
function readHour(hour: EpochMs, pages: readonly Item[]): QualityHour {
  const sums = new Map<string, QualityHour['cells'][number]>();
  for (const [attribute, value] of pages.flatMap((page) => Object.entries(page))) {
    const cell = cellOf(attribute);
    if (cell === undefined || typeof value !== 'number') continue;
    const name = attributeOf(cell);
    sums.set(name, { ...cell, count: (sums.get(name)?.count ?? 0) + value });
  }
  const times = pages.flatMap(({ lastAt }) => (lastAt === undefined ? [] : [lastAt]));
  return {
    hour,
    cells: [...sums.values()],
    ...(times.length > 0 && { lastAt: Math.max(...times) }),
  };
}
