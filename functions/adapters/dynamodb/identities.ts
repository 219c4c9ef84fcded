import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { forEachConcurrently } from '#functions/runtime/concurrency.ts';
import { gather } from '#functions/runtime/gather.ts';
import { EpochMs, Pid } from '#shared/events/event.ts';
import type { IdentityRepository, Owner } from '#shared/profiles/people-repository.ts';
import { batchGet } from './batch-get.ts';
import { writeWhere } from './conflict.ts';

const Row = z.object({ identifier: z.string(), pid: Pid, erasedAt: EpochMs.optional() });

/** A person may have a thousand identifiers. */
const AT_ONCE = 16;

/** Identifiers over the table `identities`. */
export function dynamoIdentities(client: DynamoDBDocumentClient, tableName: string): IdentityRepository {
  const readRows = (consistent: boolean) =>
    gather(async (keys: readonly string[]) => {
      const unique = [...new Set(keys)].map((identifier) => ({ identifier }));
      const items = await batchGet(client, { tableName, keys: unique, consistent });
      return new Map(
        items.map((item) => Row.parse(item)).map(({ identifier, ...owner }) => [identifier, owner]),
      );
    });
  const [readCheaply, readConsistently] = [readRows(false), readRows(true)];

  return {
    async owners(keys, { consistent = false } = {}) {
      const rows = await (consistent ? readConsistently(keys) : readCheaply(keys));
      const owners = new Map<string, Owner>();
      for (const key of keys) {
        const owner = rows.get(key);
        if (owner !== undefined) owners.set(key, owner);
      }
      return owners;
    },

    async repoint(rows) {
      await Promise.all(
        rows.map(({ key, from, to }) =>
          writeWhere(() =>
            client.send(
              new UpdateCommand({
                TableName: tableName,
                Key: { identifier: key },
                UpdateExpression: 'SET pid = :to',
                ConditionExpression: 'pid = :from',
                ExpressionAttributeValues: { ':from': from, ':to': to },
              }),
            ),
          ),
        ),
      );
    },

    async vacate(rows, { at, until }) {
      await forEachConcurrently(rows, AT_ONCE, async ({ key, from }) => {
        await writeWhere(() =>
          client.send(
            new UpdateCommand({
              TableName: tableName,
              Key: { identifier: key },
              UpdateExpression: 'SET erasedAt = :at, #ttl = :ttl',
              ConditionExpression: 'pid = :from',
              ExpressionAttributeNames: { '#ttl': 'ttl' },
              ExpressionAttributeValues: { ':from': from, ':at': at, ':ttl': Math.ceil(until / 1000) },
            }),
          ),
        );
      });
    },
  };
}
