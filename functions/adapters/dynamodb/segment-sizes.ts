import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  PutCommand,
  paginateQuery,
  QueryCommand,
} from '@aws-sdk/lib-dynamodb';
import { SIZES_KEPT_DAYS } from '#shared/kernel/kept-days.ts';
import { dayOf, SegmentSize, type SegmentSizes } from '#shared/segments/segment-sizes.ts';

/** No segment's id has a `#`, so that these never meet the rows of members. */
const LATEST = '#sizes';
const historyOf = (segment: string): string => `#sizes#${segment}`;

/** Sizes beside the rows that were counted, in table `audiences`: the last of each segment, and one a day. */
export function dynamoSegmentSizes({
  client,
  tableName: TableName,
}: {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
}): SegmentSizes {
  const inPartition = (partition: string) => ({
    TableName,
    KeyConditionExpression: '#segment = :partition',
    ExpressionAttributeNames: { '#segment': 'segment' },
    ExpressionAttributeValues: { ':partition': partition },
  });
  const read = ({ at, size }: Record<string, unknown>): SegmentSize => SegmentSize.parse({ at, size });

  return {
    async keep(segment, { at, size }) {
      const ttl = Math.ceil(at / 1000) + SIZES_KEPT_DAYS * 86_400;
      const items = [
        { segment: historyOf(segment), pid: dayOf(at), at, size, ttl },
        { segment: LATEST, pid: segment, at, size },
      ];
      for (const Item of items) await client.send(new PutCommand({ TableName, Item }));
    },

    async latest() {
      const found = new Map<string, SegmentSize>();
      for await (const { Items = [] } of paginateQuery({ client }, inPartition(LATEST))) {
        for (const item of Items) found.set(String(item.pid), read(item));
      }
      return found;
    },

    async history(segment, days) {
      const { Items = [] } = await client.send(
        new QueryCommand({ ...inPartition(historyOf(segment)), ScanIndexForward: false, Limit: days }),
      );
      return Items.map(read);
    },

    async forget(segment) {
      await client.send(new DeleteCommand({ TableName, Key: { segment: LATEST, pid: segment } }));
    },
  };
}
