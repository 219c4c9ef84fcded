import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { forEachConcurrently } from '#functions/runtime/concurrency.ts';
import type { Pid } from '#shared/events/event.ts';
import { fingerprint } from '#shared/kernel/fingerprint.ts';
import { chunksPrefix, type TimelineRecord } from '#shared/profiles/timeline.ts';
import { eventsOfChunk } from './timeline-reader.ts';

/** Whoever has absorbed hundreds is asked for in hundreds of places. */
const AT_ONCE = 32;

/** Fingerprints of the messages that the chunks of some records hold, under any of these people. */
export async function findTold(
  { client, tableName }: { readonly client: DynamoDBDocumentClient; readonly tableName: string },
  { pids, records }: { readonly pids: readonly Pid[]; readonly records: readonly TimelineRecord[] },
): Promise<ReadonlySet<string>> {
  const told = new Set<string>();
  const places = pids.flatMap((pid) =>
    records.map((record) => ({ pid, from: `event#${chunksPrefix(record)}` })),
  );
  await forEachConcurrently(places, AT_ONCE, async ({ pid, from }) => {
    let start: Record<string, unknown> | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: 'pid = :pid AND begins_with(sk, :from)',
          ExpressionAttributeValues: { ':pid': pid, ':from': from },
          ConsistentRead: true,
          ExclusiveStartKey: start,
        }),
      );
      for (const { source, messageId } of Items.flatMap(eventsOfChunk))
        told.add(fingerprint(source, messageId));
      start = LastEvaluatedKey;
    } while (start !== undefined);
  });
  return told;
}
