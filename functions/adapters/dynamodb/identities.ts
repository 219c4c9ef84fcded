import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { gather } from '#functions/runtime/gather.ts';
import { Pid } from '#shared/events/event.ts';
import type { IdentityRepository } from '#shared/profiles/people-repository.ts';
import { batchGet } from './batch-get.ts';
import { losesOnCondition } from './conflict.ts';

const Row = z.object({ identifier: z.string(), pid: Pid });

/** Identifiers over the table `identities`. */
export function dynamoIdentities(client: DynamoDBDocumentClient, tableName: string): IdentityRepository {
  const readRows = (consistent: boolean) =>
    gather(async (keys: readonly string[]) => {
      const unique = [...new Set(keys)].map((identifier) => ({ identifier }));
      const items = await batchGet(client, { tableName, keys: unique, consistent });
      return new Map(items.map((item) => Row.parse(item)).map(({ identifier, pid }) => [identifier, pid]));
    });
  const [readCheaply, readConsistently] = [readRows(false), readRows(true)];

  return {
    async owners(keys, { consistent = false } = {}) {
      const rows = await (consistent ? readConsistently(keys) : readCheaply(keys));
      const owners = new Map<string, Pid>();
      for (const key of keys) {
        const pid = rows.get(key);
        if (pid !== undefined) owners.set(key, pid);
      }
      return owners;
    },

    async repoint(rows) {
      await Promise.all(
        rows.map(({ key, from, to }) =>
          losesOnCondition(
            () =>
              client.send(
                new UpdateCommand({
                  TableName: tableName,
                  Key: { identifier: key },
                  UpdateExpression: 'SET pid = :to',
                  ConditionExpression: 'pid = :from',
                  ExpressionAttributeValues: { ':from': from, ':to': to },
                }),
              ),
            'written',
          ),
        ),
      );
    },
  };
}
