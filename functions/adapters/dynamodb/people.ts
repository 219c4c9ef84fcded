import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import {
  type DynamoDBDocumentClient,
  PutCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { gather } from '#functions/runtime/gather.ts';
import type { Pid } from '#shared/events/event.ts';
import type { VacantRow } from '#shared/profiles/erased.ts';
import type { PeopleRepository } from '#shared/profiles/people-repository.ts';
import { findInSpills, spillInto } from '#shared/profiles/spill-tree.ts';
import type { TimelineChunk } from '#shared/profiles/timeline.ts';
import { batchGet } from './batch-get.ts';
import { batchPut } from './batch-write.ts';
import { losesOnCondition, writeWhere } from './conflict.ts';
import { findErased } from './erased-people.ts';
import { mergeLogItem, snapshotItems } from './merge-items.ts';
import { dynamoPeopleReader } from './people-reader.ts';
import { activityItem, profileItem, tombstones } from './person-hot-items.ts';
import { conflictItem, contactKey, redriveKey, timelineItem } from './person-items.ts';
import { dynamoSpillNodes } from './spill-nodes.ts';
import { findTold } from './told-messages.ts';

const DAY_MS = 86_400_000;

/** Two writers' clocks differ by less, so that neither cuts short what the other promised. */
const CLOCKS_DAYS = 1;

type Transact = NonNullable<TransactWriteCommandInput['TransactItems']>;

export interface PeopleTable {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
  readonly identitiesTable: string;
  /** How long an event stays in the timeline after its receipt. */
  readonly timelineDays: number;
  /** How long a message that comes again is told, from its receipt. */
  readonly dedupDays: number;
  readonly now: () => number;
}

/** People over the tables `people` and `identities`; the stored shape is docs/architecture.md's. */
export function dynamoPeople(table: PeopleTable): PeopleRepository {
  const { client, tableName, identitiesTable, now } = table;
  const nodes = dynamoSpillNodes(client, tableName);

  const putChunks = gather(async (chunks: readonly TimelineChunk[]) => {
    const items = new Map(
      chunks.map((chunk) => [`${chunk.pid} ${chunk.id}`, timelineItem(chunk, table.timelineDays)]),
    );
    await batchPut(client, { tableName, items: [...items.values()] });
  });

  return {
    findMany: dynamoPeopleReader(client, tableName).findMany,

    findErased: (pids) => findErased(client, tableName, pids),

    async findSpilled(pids, ids) {
      return findInSpills(nodes, pids, ids);
    },

    async spill(pid, ids) {
      const horizonMs = (table.dedupDays + CLOCKS_DAYS) * DAY_MS;
      await spillInto(nodes, { pid, ids }, { until: now() + horizonMs, horizonMs });
    },

    async findRedriven(pids, ids) {
      const keys = pids.flatMap((pid) => ids.map((id) => redriveKey(pid, id)));
      const items = await batchGet(client, { tableName, keys, consistent: true });
      return new Set(items.map(({ sk }) => String(sk).slice('redrive#'.length)));
    },

    async keepRedriven(pid, ids) {
      await batchPut(client, { tableName, items: ids.map((id) => redriveKey(pid, id)) });
    },

    async keepTimeline(chunks) {
      if (chunks.length > 0) await putChunks(chunks);
    },

    findTold: (pids, records) => findTold(table, { pids, records }),

    async joinContact({ pid, id, field, at }) {
      // The earliest stays; a message that is gone, with the person it went to, is not begun again
      await writeWhere(() =>
        client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: contactKey(pid, id),
            UpdateExpression: 'SET #field = :at',
            ConditionExpression: 'attribute_exists(pid) AND (attribute_not_exists(#field) OR #field > :at)',
            ExpressionAttributeNames: { '#field': field },
            ExpressionAttributeValues: { ':at': at },
          }),
        ),
      );
    },

    async write({ person, profileChanged, claims, vacant, conflicts = [], transitions, redriven = [] }) {
      const activity = {
        TableName: tableName,
        Item: activityItem(person, transitions),
        ...expectVersion(person.activity.version - 1),
      };
      if (!profileChanged && claims.length + conflicts.length + redriven.length === 0) {
        return losesOnCondition(() => client.send(new PutCommand(activity)), 'written');
      }
      const items: Transact = [
        { Put: activity },
        ...(profileChanged ? [{ Put: { TableName: tableName, Item: profileItem(person) } }] : []),
        ...claims.map((identifier) => ({
          Put: { TableName: identitiesTable, ...claim(identifier, person.pid, vacant?.get(identifier)) },
        })),
        ...redriven.map((id) => ({
          Put: {
            TableName: tableName,
            Item: redriveKey(person.pid, id),
            ConditionExpression: 'attribute_not_exists(pid)',
          },
        })),
        ...conflicts.map((conflict) => ({ Put: { TableName: tableName, Item: conflictItem(conflict) } })),
      ];
      return losesOnCondition(
        () => client.send(new TransactWriteCommand({ TransactItems: items })),
        'written',
      );
    },

    async merge({ winner, winnerTransitions, before, loserTransitions, log }) {
      const { loser } = before;
      const merge = { ...log, winner: winner.pid, loser: loser.pid, version: winner.activity.version };
      const [activityTombstone, profileTombstone] = tombstones(loser, winner.pid, loserTransitions);
      const items: Transact = [
        {
          Put: {
            TableName: tableName,
            Item: activityItem(winner, winnerTransitions),
            ...expectVersion(winner.activity.version - 1),
          },
        },
        { Put: { TableName: tableName, Item: profileItem(winner) } },
        {
          Put: { TableName: tableName, Item: activityTombstone, ...expectVersion(loser.activity.version) },
        },
        { Put: { TableName: tableName, Item: profileTombstone } },
        { Put: { TableName: tableName, Item: mergeLogItem(merge) } },
        ...[...snapshotItems(merge, 'winner', before.winner), ...snapshotItems(merge, 'loser', loser)].map(
          (Item) => ({ Put: { TableName: tableName, Item } }),
        ),
      ];
      return losesOnCondition(
        () => client.send(new TransactWriteCommand({ TransactItems: items })),
        'merged',
      );
    },
  };
}

/** A row that nobody has, or that is still whose it was before they were erased. */
const claim = (identifier: string, pid: Pid, vacant: VacantRow | undefined) =>
  vacant === undefined
    ? { Item: { identifier, pid }, ConditionExpression: 'attribute_not_exists(identifier)' }
    : {
        // Of before then nothing is kept, whoever has it now
        Item: { identifier, pid, erasedAt: vacant.erasedAt },
        ConditionExpression: 'attribute_not_exists(identifier) OR pid = :vacant',
        ExpressionAttributeValues: { ':vacant': vacant.pid },
      };

/** A write goes over the version that was read; a tombstone spends a version, so nobody revives it. */
const expectVersion = (version: number) =>
  version === 0
    ? { ConditionExpression: 'attribute_not_exists(pid)' }
    : { ConditionExpression: 'version = :read', ExpressionAttributeValues: { ':read': version } };
