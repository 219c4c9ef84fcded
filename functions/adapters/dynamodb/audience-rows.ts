import {
  type DynamoDBDocumentClient,
  PutCommand,
  paginateQuery,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { EpochMs, Pid } from '#shared/events/event.ts';
import {
  AUDIENCE_SHARDS,
  type AudienceRow,
  type AudienceRows,
  type StoredRow,
} from '#shared/segments/audience-rows.ts';
import { audiencePartition, shardOf } from './audience-shards.ts';
import { writeWhere } from './conflict.ts';

/** Longer than a stream keeps a record (a day), so that no repeated one revives who has left. */
const TOMBSTONE_SECONDS = 3 * 86_400;

const Item = z.object({
  pid: Pid,
  n: z.int(),
  left: z.boolean().default(false),
  suspectedAt: EpochMs.optional(),
});

/** The rows of segments over table `audiences`. */
export function dynamoAudienceRows({
  client,
  tableName,
}: {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
}): AudienceRows {
  const put = async ({ segment, pid, n, at }: AudienceRow, leaver: Record<string, unknown>) => {
    await writeWhere(() =>
      client.send(
        new PutCommand({
          TableName: tableName,
          Item: { segment: audiencePartition(segment, shardOf(pid)), pid, n, at, ...leaver },
          ConditionExpression: 'attribute_not_exists(n) OR n < :n',
          ExpressionAttributeValues: { ':n': n },
        }),
      ),
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

    async *rowsOf(segment, shard) {
      const pages = paginateQuery(
        { client },
        {
          TableName: tableName,
          KeyConditionExpression: '#segment = :segment',
          ExpressionAttributeNames: { '#segment': 'segment' },
          ExpressionAttributeValues: { ':segment': audiencePartition(segment, shard) },
        },
      );
      for await (const { Items = [] } of pages) yield Items.map(readRow);
    },

    async suspect({ segment, pid, n, at }) {
      await writeWhere(() =>
        client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: { segment: audiencePartition(segment, shardOf(pid)), pid },
            UpdateExpression: 'SET suspectedAt = if_not_exists(suspectedAt, :at)',
            ConditionExpression: 'n = :n',
            ExpressionAttributeValues: { ':n': n, ':at': at },
          }),
        ),
      );
    },
  };
}

function readRow(item: Record<string, unknown>): StoredRow {
  const { pid, n, left, suspectedAt } = Item.parse(item);
  return { pid, n, isIn: !left, ...(suspectedAt !== undefined && { suspectedAt }) };
}
