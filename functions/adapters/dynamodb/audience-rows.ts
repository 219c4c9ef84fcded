import { type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { AudienceRow, AudienceRows } from '#shared/segments/audience-rows.ts';
import { AUDIENCE_SHARDS, audiencePartition, shardOf } from './audience-shards.ts';
import { losesOnCondition } from './conflict.ts';

/** Longer than a stream keeps a record (a day), so that no repeated one revives who has left. */
const TOMBSTONE_SECONDS = 3 * 86_400;

/** The rows of segments over table `audiences`. */
export function dynamoAudienceRows({
  client,
  tableName,
}: {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
}): AudienceRows {
  const put = async ({ segment, pid, n, at }: AudienceRow, leaver: Record<string, unknown>) => {
    await losesOnCondition(
      () =>
        client.send(
          new PutCommand({
            TableName: tableName,
            Item: { segment: audiencePartition(segment, shardOf(pid)), pid, n, at, ...leaver },
            ConditionExpression: 'attribute_not_exists(n) OR n < :n',
            ExpressionAttributeValues: { ':n': n },
          }),
        ),
      'written',
    );
  };

  async function count(partition: string): Promise<number> {
    let total = 0;
    let from: Record<string, unknown> | undefined;
    do {
      const { Count = 0, LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: tableName,
          Select: 'COUNT',
          KeyConditionExpression: '#segment = :segment',
          FilterExpression: 'attribute_not_exists(#left)',
          ExpressionAttributeNames: { '#segment': 'segment', '#left': 'left' },
          ExpressionAttributeValues: { ':segment': partition },
          ...(from !== undefined && { ExclusiveStartKey: from }),
        }),
      );
      total += Count;
      from = LastEvaluatedKey;
    } while (from !== undefined);
    return total;
  }

  return {
    enter: (row) => put(row, {}),
    leave: (row) => put(row, { left: true, ttl: Math.ceil(row.at / 1000) + TOMBSTONE_SECONDS }),

    async size(segment) {
      const shards = Array.from({ length: AUDIENCE_SHARDS }, (_, shard) => audiencePartition(segment, shard));
      return (await Promise.all(shards.map(count))).reduce((sum, members) => sum + members, 0);
    },
  };
}
