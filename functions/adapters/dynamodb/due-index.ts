import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { DUE_SHARDS, type DueIndex, DuePlace } from '#shared/segments/due-index.ts';
import { spread } from './audience-shards.ts';
import { DUE_INDEX, dueShard } from './person-hot-items.ts';

/** Who is due, by the index of table `people` on the keys of their `!activity`. */
export function dynamoDueIndex({
  client,
  tableName,
}: {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
}): DueIndex {
  /** The whole key of an entry, from which a query goes on. */
  const keyOf = ({ pid, dueAt }: DuePlace) => ({
    pid,
    sk: '!activity',
    dueShard: dueShard(spread(pid, DUE_SHARDS)),
    dueAt,
  });

  return {
    async find({ shard, after = -1, behind, until, limit }) {
      if (after >= until) return { people: [], hasMore: false };
      const page = await client.send(
        new QueryCommand({
          TableName: tableName,
          IndexName: DUE_INDEX,
          KeyConditionExpression: 'dueShard = :shard AND dueAt BETWEEN :from AND :until',
          ExpressionAttributeValues: { ':shard': dueShard(shard), ':from': after + 1, ':until': until },
          ExclusiveStartKey: behind === undefined ? undefined : keyOf(behind),
          Limit: limit,
        }),
      );
      const people = (page.Items ?? []).map(({ pid, dueAt }) => DuePlace.parse({ pid, dueAt }));
      return { people, hasMore: page.LastEvaluatedKey !== undefined };
    },
  };
}
