import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { forEachConcurrently } from '#functions/runtime/concurrency.ts';
import { Pid } from '#shared/events/event.ts';
import { type Addition, NODE_IDS, type Refused, type SpillNodes } from '#shared/profiles/spill-tree.ts';
import { batchGet } from './batch-get.ts';
import { spillKey } from './person-items.ts';

/** Nodes of one person that are written at once. */
const AT_ONCE = 8;

const Ids = z.instanceof(Set).transform((ids) => new Set([...ids].map(String)));

const Node = z.object({
  pid: Pid,
  sk: z.string(),
  /** Absent from a node that was closed before anything stood in it. */
  ids: Ids.default(() => new Set<string>()),
  full: z.boolean().default(false),
  /** Seconds since 1970, as DynamoDB's expiry takes them. */
  ttl: z.int(),
});

/** As a refusal shows the item that refused: past the document client, in DynamoDB's own form. */
const RawNode = z.object({
  full: z.object({ BOOL: z.boolean() }).optional(),
  ttl: z.object({ N: z.coerce.number() }),
});

/** Nodes of spills as items `seen#<path>` beside their person, which DynamoDB deletes some time after `ttl`. */
export function dynamoSpillNodes(client: DynamoDBDocumentClient, tableName: string): SpillNodes {
  async function add({ pid, path, ids }: Addition, until: number): Promise<Refused['node'] | undefined> {
    try {
      await client.send(
        new UpdateCommand({
          TableName: tableName,
          Key: spillKey(pid, path),
          // A set only grows, so that writing it again or twice at once loses nothing
          UpdateExpression: 'ADD ids :ids SET #ttl = :ttl',
          ConditionExpression:
            'attribute_not_exists(#full) AND (attribute_not_exists(ids) OR size(ids) <= :room)',
          ExpressionAttributeNames: { '#ttl': 'ttl', '#full': 'full' },
          ExpressionAttributeValues: {
            ':ids': new Set(ids),
            ':room': NODE_IDS - ids.length,
            ':ttl': inSeconds(until),
          },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return undefined;
    } catch (fault) {
      if (!(fault instanceof ConditionalCheckFailedException)) throw fault;
      const { full, ttl } = RawNode.parse(fault.Item);
      return { isFull: full?.BOOL ?? false, until: ttl.N * 1000 };
    }
  }

  return {
    async readMany(places) {
      const keys = places.map(({ pid, path }) => spillKey(pid, path));
      const items = await batchGet(client, { tableName, keys, consistent: true });
      return items
        .map((item) => Node.parse(item))
        .map(({ pid, sk, ids, full, ttl }) => ({
          pid,
          path: sk.slice('seen#'.length),
          ids,
          isFull: full,
          until: ttl * 1000,
        }));
    },

    async addMany(additions, until) {
      const refused: Refused[] = [];
      await forEachConcurrently(additions, AT_ONCE, async (addition) => {
        const node = await add(addition, until);
        if (node !== undefined) refused.push({ ...addition, node });
      });
      return refused;
    },

    async closeMany(places, until) {
      await forEachConcurrently(places, AT_ONCE, async ({ pid, path }) => {
        await client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: spillKey(pid, path),
            UpdateExpression: 'SET #full = :full, #ttl = :ttl',
            ExpressionAttributeNames: { '#ttl': 'ttl', '#full': 'full' },
            ExpressionAttributeValues: { ':full': true, ':ttl': inSeconds(until) },
          }),
        );
      });
    },
  };
}

const inSeconds = (at: number): number => Math.ceil(at / 1000);
