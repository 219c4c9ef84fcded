import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Audience, Position } from '#functions/runs/audience.ts';
import { Pid } from '#shared/events/event.ts';
import { AUDIENCE_SHARDS } from '#shared/segments/audience-rows.ts';
import { audiencePartition, shardOf } from './audience-shards.ts';

const Row = z.object({ pid: Pid });

/**
 * Reads the members of segments from table `audiences`, one shard after the other.
 *
 * Eventually consistent: the rows themselves follow the people by a second or so.
 */
export function dynamoAudience({
  client,
  tableName,
}: {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
}): Audience {
  const page = async (partition: string, after: Pid | undefined, limit: number) => {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression:
          after === undefined ? '#segment = :segment' : '#segment = :segment AND pid > :after',
        // who left keeps a row for a while
        FilterExpression: 'attribute_not_exists(#left)',
        ProjectionExpression: 'pid',
        ExpressionAttributeNames: { '#segment': 'segment', '#left': 'left' },
        ExpressionAttributeValues: { ':segment': partition, ...(after !== undefined && { ':after': after }) },
        // counts rows before the filter, so that a page never reads more than is wanted
        Limit: limit,
      }),
    );
    const pids = Items.map((item) => Row.parse(item).pid);
    return { pids, next: LastEvaluatedKey === undefined ? undefined : Row.parse(LastEvaluatedKey).pid };
  };

  return {
    positionOf: (pid) => ({ shard: shardOf(pid), pid }),

    async membersAfter(segment, { after, limit }) {
      const found: Position[] = [];
      for (let shard = after?.shard ?? 0; shard < AUDIENCE_SHARDS; shard++) {
        let from = shard === after?.shard ? after.pid : undefined;
        do {
          const { pids, next } = await page(audiencePartition(segment, shard), from, limit - found.length);
          found.push(...pids.map((pid) => ({ shard, pid })));
          if (found.length >= limit) return found;
          from = next;
        } while (from !== undefined);
      }
      return found;
    },
  };
}
