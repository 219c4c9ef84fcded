import { type DynamoDBDocumentClient, paginateQuery, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describeFault } from '#functions/runtime/fault.ts';
import { count, logger } from '#functions/runtime/telemetry.ts';
import type { EpochMs } from '#shared/events/event.ts';
import { QUALITY_KEPT_DAYS } from '#shared/kernel/kept-days.ts';
import { cellsOf, hourOf, type QualityCount, type QualityCounts } from '#shared/quality/quality-count.ts';
import { cellOf, type QualityPages, qualityPages } from './quality-pages.ts';

export interface QualityTable {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
}

/** Hours of sources whose items an instance remembers; redriven events are of many. */
const MAX_HELD = 500;

/** An hour as keys have it: `2026-11-22T10`. */
export const hourKey = (at: EpochMs): string => new Date(at).toISOString().slice(0, 13);

/** The key of one of an hour's items, which sort by their numbers. */
const pageKey = (hour: string, page: number): string => `${hour}#${String(page).padStart(3, '0')}`;

/** The keys of the items of hours. */
export const hoursBetween = (from: EpochMs, to: EpochMs) => ({
  ':from': `${hourKey(from)}#`,
  ':to': `${hourKey(to)}#~`,
});

/**
 * Counts over table `quality`: an update for each source and hour, which costs a write unit. Only the first
 * of an instance in an hour reads what there is.
 */
export function dynamoQualityCounts({ client, tableName: TableName }: QualityTable): QualityCounts {
  const held = new Map<string, QualityPages>();

  async function pagesOf(source: string, hour: string): Promise<QualityPages> {
    const id = `${hour} ${source}`;
    const known = held.get(id);
    if (known !== undefined) return known;
    const pages = qualityPages();
    const found = paginateQuery(
      { client },
      {
        TableName,
        KeyConditionExpression: '#source = :source AND begins_with(#place, :hour)',
        ExpressionAttributeNames: { '#source': 'source', '#place': 'place' },
        ExpressionAttributeValues: { ':source': source, ':hour': `${hour}#` },
      },
    );
    for await (const { Items = [] } of found) {
      for (const { place, ...item } of Items) {
        pages.note(Number(String(place).split('#')[1]), Object.keys(item).filter(isCell));
      }
    }
    if (held.size >= MAX_HELD) held.clear();
    held.set(id, pages);
    return pages;
  }

  /** Counts of one source and hour. */
  async function addAll(counts: readonly QualityCount[], { source, at }: QualityCount): Promise<void> {
    const hour = hourKey(at);
    const pages = await pagesOf(source, hour);
    const updates = new Map<number, Map<string, number>>();
    for (const cell of counts.flatMap(cellsOf)) {
      const { page, attribute } = pages.place(cell);
      const sums = updates.get(page) ?? new Map<string, number>();
      updates.set(page, sums.set(attribute, (sums.get(attribute) ?? 0) + cell.count));
    }
    const applied = counts.filter(isApplied).map((one) => one.at);
    const set = {
      ttl: Math.floor(hourOf(at) / 1000) + QUALITY_KEPT_DAYS * 86_400,
      ...(applied.length > 0 && { lastAt: Math.max(...applied) }),
    };
    for (const [page, sums] of updates) {
      const { Attributes = {} } = await client.send(
        new UpdateCommand({
          TableName,
          Key: { source, place: pageKey(hour, page) },
          ...updateOf(set, sums),
          // what others have added meanwhile, for nothing
          ReturnValues: 'ALL_NEW',
        }),
      );
      pages.note(page, Object.keys(Attributes).filter(isCell));
    }
  }

  return {
    async add(counts) {
      const hours = Map.groupBy(counts, ({ source, at }) => `${hourOf(at)} ${source}`);
      for (const ofHour of hours.values()) {
        const [first] = ofHour;
        if (first === undefined) continue;
        try {
          await addAll(ofHour, first);
        } catch (fault) {
          logger.warn('events were not counted', { ...describeFault(fault), source: first.source });
          count(
            'QualityUncounted',
            ofHour.reduce((sum, one) => sum + one.count, 0),
          );
        }
      }
    },
  };
}

const isCell = (attribute: string): boolean => cellOf(attribute) !== undefined;

const isApplied = ({ outcome }: QualityCount): boolean => outcome === 'accepted' || outcome === 'flagged';

/** Sets some attributes, and adds to others. */
function updateOf(set: Readonly<Record<string, number>>, sums: ReadonlyMap<string, number>) {
  const names = [...Object.keys(set), ...sums.keys()];
  const values = [...Object.values(set), ...sums.values()];
  const clauses = names.map((_, n) => (n < Object.keys(set).length ? `#${n} = :${n}` : `#${n} :${n}`));
  const [setting, adding] = [
    clauses.slice(0, Object.keys(set).length),
    clauses.slice(Object.keys(set).length),
  ];
  return {
    UpdateExpression: `SET ${setting.join(', ')} ADD ${adding.join(', ')}`,
    ExpressionAttributeNames: Object.fromEntries(names.map((name, n) => [`#${n}`, name])),
    ExpressionAttributeValues: Object.fromEntries(values.map((value, n) => [`:${n}`, value])),
  };
}
