import { gunzipSync, gzipSync } from 'node:zlib';
import { type DynamoDBDocumentClient, QueryCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Pid } from '#shared/events/event.ts';
import {
  Erasure,
  type ErasureRepository,
  ITEM_KINDS,
  nothingRemoved,
} from '#shared/profiles/erasure-repository.ts';
import { batchGet } from './batch-get.ts';
import { batchDelete } from './batch-write.ts';
import { losesOnCondition } from './conflict.ts';
import { erasedItems, readPlace } from './person-hot-items.ts';

/** The note of an erasure that is not finished, beside the tombstone. */
const noteKey = (pid: Pid) => ({ pid, sk: 'erasure#' });

const Note = z
  .object({ erasure: z.instanceof(Uint8Array) })
  .transform(({ erasure }): unknown => JSON.parse(gunzipSync(erasure).toString('utf8')))
  .pipe(Erasure);

/** A query's page of keys, which are deleted before the next is read. */
const PAGE = 1_000;
/** After a person's own two items, whose sort keys begin with `!`. */
const AFTER_HOT = '!~';

/** Erasures over the table `people`. */
export function dynamoErasures({
  client,
  tableName,
}: {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
}): ErasureRepository {
  /** Who is erased in a person's place, merges followed. */
  async function placeOf(pid: Pid): Promise<Pid> {
    const keys = [{ pid, sk: '!activity' }];
    const [item] = await batchGet(client, { tableName, keys, consistent: true });
    const mergedInto = item === undefined ? undefined : readPlace(item).mergedInto;
    return mergedInto === undefined ? pid : placeOf(mergedInto);
  }

  async function keysUnder(pid: Pid, limit: number, after: Record<string, unknown> | undefined) {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: 'pid = :pid AND sk > :hot',
        ExpressionAttributeValues: { ':pid': pid, ':hot': AFTER_HOT },
        ProjectionExpression: 'pid, sk',
        ConsistentRead: true,
        Limit: limit,
        ExclusiveStartKey: after,
      }),
    );
    const keys = Items.map((item) => Key.parse(item)).filter(({ sk }) => sk !== noteKey(pid).sk);
    return { keys, last: LastEvaluatedKey };
  }

  return {
    async begin({ person, transitions, erasure }) {
      const [activity, profile] = erasedItems(person, erasure.at, transitions);
      const transaction = new TransactWriteCommand({
        TransactItems: [
          {
            Put: {
              TableName: tableName,
              Item: activity,
              ConditionExpression: 'version = :read',
              ExpressionAttributeValues: { ':read': person.activity.version },
            },
          },
          { Put: { TableName: tableName, Item: profile } },
          {
            Put: {
              TableName: tableName,
              Item: { ...noteKey(person.pid), erasure: gzipSync(JSON.stringify(erasure)) },
            },
          },
        ],
      });
      return losesOnCondition(() => client.send(transaction), 'begun');
    },

    async find(pid) {
      const keys = [noteKey(await placeOf(pid))];
      const [item] = await batchGet(client, { tableName, keys, consistent: true });
      return item === undefined ? undefined : Note.parse(item);
    },

    async sweep(pids, limit) {
      const removed = nothingRemoved();
      let left = limit;
      for (const pid of new Set(pids)) {
        let after: Record<string, unknown> | undefined;
        do {
          if (left <= 0) return { removed, hasMore: true };
          const page = await keysUnder(pid, Math.min(PAGE, left), after);
          await batchDelete(client, { tableName, keys: page.keys });
          for (const kind of page.keys.map(kindOf)) removed[kind] += 1;
          left -= page.keys.length;
          after = page.last;
        } while (after !== undefined);
      }
      return { removed, hasMore: false };
    },

    async finish(pid) {
      await batchDelete(client, { tableName, keys: [noteKey(pid)] });
    },
  };
}

const Key = z.object({ pid: z.string(), sk: z.string() });

const Kind = z.enum(ITEM_KINDS);

/** @throws {z.ZodError} for an item of a kind that nobody thought of here. */
const kindOf = ({ sk }: z.infer<typeof Key>) => Kind.parse(sk.slice(0, sk.indexOf('#')));
