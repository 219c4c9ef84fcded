import { type DynamoDBDocumentClient, GetCommand, PutCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import type * as z from 'zod';
import {
  EvaluationPlan,
  EvaluationReport,
  PartProgress,
  type RunProgress,
  ShardCounts,
} from '#functions/runs/run-progress.ts';
import { KEPT_DAYS } from '#shared/kernel/kept-days.ts';
import { losesOnCondition } from './conflict.ts';

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
    await client.send(new PutCommand({ TableName, Item: { ...Item, ttl: ttl() } }));
  };
  const get = async (Key: Record<string, string>): Promise<unknown> => {
    const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
    return Item?.note;
  };

  /** A note that stays as it was first written. */
  async function keep<S extends z.ZodType>(key: Record<string, string>, schema: S, note: z.output<S>) {
    const kept = await losesOnCondition(
      () =>
        client.send(
          new PutCommand({
            TableName,
            Item: { ...key, note, ttl: ttl() },
            ConditionExpression: 'attribute_not_exists(pid)',
          }),
        ),
      'written',
    );
    return kept === 'written' ? note : schema.parse(await get(key));
  }

  return {
    keepPlan: (runId, plan) => keep({ segment: partition(runId), pid: 'plan' }, EvaluationPlan, plan),
    keepReport: (runId, report) =>
      keep({ segment: partition(runId), pid: 'report' }, EvaluationReport, report),

    async findPart(runId, segment) {
      const note = await get(key(runId, 'part', segment));
      return note === undefined ? undefined : PartProgress.parse(note);
    },

    keepPart: (runId, note) => put({ ...key(runId, 'part', note.segment), note }),
    keepShard: (runId, note) => put({ ...key(runId, 'shard', note.shard), note }),

    async find(runId) {
      const parts: PartProgress[] = [];
      const shards: ShardCounts[] = [];
      let plan: EvaluationPlan | undefined;
      let report: EvaluationReport | undefined;
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
          if (pid === 'plan') plan = EvaluationPlan.parse(note);
          else if (pid === 'report') report = EvaluationReport.parse(note);
          else if (String(pid).startsWith('part#')) parts.push(PartProgress.parse(note));
          else shards.push(ShardCounts.parse(note));
        }
      }
      return {
        parts,
        shards,
        ...(plan !== undefined && { plan }),
        ...(report !== undefined && { report }),
      };
    },
  };
}
