import { Readable } from 'node:stream';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { activityItem, profileItem } from '#functions/adapters/dynamodb/person-hot-items.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { itemBytes } from './item-bytes.ts';

/** DynamoDB's ceiling on a page of a Scan. */
export const PAGE_BYTES = 1_000_000;

type Item = Readonly<Record<string, unknown>>;

/** The answers of a Scan over people, as they come over the wire, and how many bytes of items they are. */
export interface ScannedPages {
  readonly bodies: readonly Buffer[];
  readonly people: number;
  readonly itemBytes: number;
}

/** Writes people as the profiles function leaves them, as the answers of a Scan. */
export function scannedPages(people: readonly Person[]): ScannedPages {
  const pages: Item[][] = [[]];
  let [bytes, total] = [0, 0];
  for (const person of people) {
    const hot = [activityItem(person, undefined), profileItem(person)];
    const size = hot.reduce((sum, item) => sum + itemBytes(item), 0);
    if (bytes + size > PAGE_BYTES) {
      pages.push([]);
      bytes = 0;
    }
    pages.at(-1)?.push(...hot);
    bytes += size;
    total += size;
  }
  const bodies = pages.map((items, at) =>
    Buffer.from(JSON.stringify(answerOf(items, at === pages.length - 1))),
  );
  return { bodies, people: people.length, itemBytes: total };
}

const answerOf = (items: readonly Item[], isLast: boolean) => ({
  Items: items.map((item) =>
    Object.fromEntries(Object.entries(item).map(([name, value]) => [name, wireOf(value)])),
  ),
  Count: items.length,
  ScannedCount: items.length,
  ConsumedCapacity: { TableName: 'people', CapacityUnits: items.length / 4 },
  ...(!isLast && { LastEvaluatedKey: { pid: { S: String(items.at(-1)?.pid) }, sk: { S: '!profile' } } }),
});

function wireOf(value: unknown): unknown {
  if (typeof value === 'number') return { N: String(value) };
  if (value instanceof Uint8Array) return { B: Buffer.from(value).toString('base64') };
  return { S: String(value) };
}

/** The AWS SDK's own client, to which these pages are answered one after the other, and the first after the last. */
export function answeringClient({ bodies }: ScannedPages): DynamoDBDocumentClient {
  let next = 0;
  const client = new DynamoDBClient({
    region: 'eu-west-1',
    endpoint: 'http://127.0.0.1',
    credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
    requestHandler: {
      async handle() {
        const body = bodies[next++ % bodies.length] ?? Buffer.alloc(0);
        const headers = { 'content-type': 'application/x-amz-json-1.0' };
        return { response: { statusCode: 200, headers, body: Readable.from([body]) } };
      },
    },
  });
  return DynamoDBDocumentClient.from(client);
}
