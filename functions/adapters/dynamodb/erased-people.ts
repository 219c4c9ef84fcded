import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { EpochMs, Pid } from '#shared/events/event.ts';
import { batchGet } from './batch-get.ts';
import { readPlace } from './person-hot-items.ts';

/** When people were erased, by each pid asked for, merges followed; read consistently. */
export async function findErased(
  client: DynamoDBDocumentClient,
  tableName: string,
  pids: readonly Pid[],
): Promise<ReadonlyMap<Pid, EpochMs>> {
  const asked = [...new Set(pids)];
  if (asked.length === 0) return new Map();
  const keys = asked.map((pid) => ({ pid, sk: '!activity' }));
  const places = (await batchGet(client, { tableName, keys, consistent: true })).map(readPlace);
  const survivors = places.flatMap(({ mergedInto }) => (mergedInto === undefined ? [] : [mergedInto]));
  const ofSurvivors = await findErased(client, tableName, survivors);
  const erased = new Map<Pid, EpochMs>();
  for (const { pid, mergedInto, erasedAt } of places) {
    const at = mergedInto === undefined ? erasedAt : ofSurvivors.get(mergedInto);
    if (at !== undefined) erased.set(pid, at);
  }
  return erased;
}
