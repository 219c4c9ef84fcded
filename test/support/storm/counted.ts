import { type DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import { cellOf } from '#functions/adapters/dynamodb/quality-pages.ts';
import type { ProfilesEnv } from '#functions/profiles/env.ts';

/** As what the events of all sources and hours were counted. */
export interface Counted {
  /** Whether at first, or when they were redriven. */
  readonly applied: number;
  readonly quarantined: number;
}

export async function countedEvents(
  client: DynamoDBDocumentClient,
  { QUALITY_TABLE: TableName }: ProfilesEnv,
): Promise<Counted> {
  const sums = { applied: 0, quarantined: 0 };
  for await (const { Items = [] } of paginateScan({ client }, { TableName, ConsistentRead: true })) {
    for (const [attribute, value] of Items.flatMap((item) => Object.entries(item))) {
      const kind = cellOf(attribute)?.kind;
      if (kind === undefined || kind === 'violation' || kind === 'dropped') continue;
      sums[kind === 'quarantined' ? kind : 'applied'] += Number(value);
    }
  }
  return sums;
}
