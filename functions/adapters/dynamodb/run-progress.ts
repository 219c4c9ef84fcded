import { type DynamoDBDocumentClient, GetCommand, PutCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import { PartProgress, type RunProgress, ShardCounts } from '#functions/runs/run-progress.ts';
import { KEPT_DAYS } from '#shared/kernel/kept-days.ts';

/**
 * Notes of runs in table `audiences`, whose rows expire. No segment's id has a `#`, so that theirs never
 * meet those of members.
 */
export function dynamoRunProgress({
  client,
  tableName: TableName,
  now,
}: {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
  readonly now: () => number;
}): RunProgress {
  const partition = (runId: string) => `#run#${runId}`;
  const key = (runId: string, kind: 'part' | 'shard', n: number) => ({
    segment: partition(runId),
    pid: `${kind}#${String(n).padStart(5, '0')}`,
  });
  const ttl = () => Math.ceil(now() / 1000) + KEPT_DAYS.runs * 86_400;
  const put = async (Item: Record<string, unknown>): Promise<void> => {
    await client.send(new PutCommand({ TableName, Item }));
  };

  return {
    async findPart(runId, segment) {
      const { Item } = await client.send(
        new GetCommand({ TableName, Key: key(runId, 'part', segment), ConsistentRead: true }),
      );
      return Item === undefined ? undefined : PartProgress.parse(Item.note);
    },

    keepPart: (runId, note) => put({ ...key(runId, 'part', note.segment), note, ttl: ttl() }),
    keepShard: (runId, note) => put({ ...key(runId, 'shard', note.shard), note, ttl: ttl() }),

    async find(runId) {
      const parts: PartProgress[] = [];
      const shards: ShardCounts[] = [];
      const pages = paginateQuery(
        { client },
        {
          TableName,
          KeyConditionExpression: '#segment = :run',
          ExpressionAttributeNames: { '#segment': 'segment' },
          ExpressionAttributeValues: { ':run': partition(runId) },
          ConsistentRead: true,
        },
      );
      for await (const { Items = [] } of pages) {
        for (const { pid, note } of Items) {
          if (String(pid).startsWith('part#')) parts.push(PartProgress.parse(note));
          else shards.push(ShardCounts.parse(note));
        }
      }
      return { parts, shards };
    },
  };
}
