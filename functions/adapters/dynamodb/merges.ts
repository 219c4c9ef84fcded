import { type DynamoDBDocumentClient, paginateQuery, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { Pid } from '#shared/events/event.ts';
import type { MergeRepository } from '#shared/profiles/merge-repository.ts';
import { batchGet } from './batch-get.ts';
import { losesOnCondition } from './conflict.ts';
import {
  mergeLogKey,
  partingItems,
  readMergeLog,
  readParting,
  readSnapshot,
  snapshotPrefix,
} from './merge-items.ts';
import { activityItem, profileItem, readTombstone } from './person-hot-items.ts';

/** What is kept of merges beside the people of table `people`. */
export function dynamoMerges({
  client,
  tableName,
}: {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
}): MergeRepository {
  async function under(pid: Pid, prefix: string): Promise<readonly Record<string, unknown>[]> {
    const items: Record<string, unknown>[] = [];
    const pages = paginateQuery(
      { client },
      {
        TableName: tableName,
        KeyConditionExpression: 'pid = :pid AND begins_with(sk, :prefix)',
        ExpressionAttributeValues: { ':pid': pid, ':prefix': prefix },
        ConsistentRead: true,
      },
    );
    for await (const { Items = [] } of pages) items.push(...Items);
    return items;
  }

  return {
    async tombstones(pids) {
      const keys = [...new Set(pids)].map((pid) => ({ pid, sk: '!activity' }));
      const items = await batchGet(client, { tableName, keys, consistent: true });
      return new Map(items.map((item) => readTombstone(item)).filter((one) => one !== undefined));
    },

    async logs(merges) {
      const keys = merges.map(mergeLogKey);
      return (await batchGet(client, { tableName, keys, consistent: true })).map(readMergeLog);
    },

    logsOf: async (winner) => (await under(winner, 'merge#')).map(readMergeLog),

    async snapshot(merge, side) {
      const items = await under(merge.winner, snapshotPrefix(merge, side));
      if (items.length === 0) throw new TypeError('a merge without its snapshot');
      return readSnapshot(items);
    },

    partingsOf: async (pid) => (await under(pid, 'unmerge#')).map(readParting),

    async unmerge({ log, survivor, survivorTransitions, loser, loserTransitions, parting }) {
      const put = (Item: Readonly<Record<string, unknown>>) => ({ Put: { TableName: tableName, Item } });
      const transaction = new TransactWriteCommand({
        TransactItems: [
          {
            Put: {
              TableName: tableName,
              Item: activityItem(survivor, survivorTransitions),
              ConditionExpression: 'version = :read',
              ExpressionAttributeValues: { ':read': survivor.activity.version - 1 },
            },
          },
          put(profileItem(survivor)),
          {
            Put: {
              TableName: tableName,
              Item: activityItem(loser, loserTransitions),
              ConditionExpression: 'version = :read AND mergedInto = :survivor',
              ExpressionAttributeValues: { ':read': loser.activity.version - 1, ':survivor': survivor.pid },
            },
          },
          put(profileItem(loser)),
          {
            Update: {
              TableName: tableName,
              Key: mergeLogKey(log),
              UpdateExpression: 'SET undone = :undone',
              ConditionExpression: 'attribute_exists(pid) AND attribute_not_exists(undone)',
              ExpressionAttributeValues: {
                ':undone': { at: parting.at, version: survivor.activity.version },
              },
            },
          },
          ...partingItems(parting).map(put),
        ],
      });
      return losesOnCondition(() => client.send(transaction), 'unmerged');
    },
  };
}
