import { DeleteObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { jsonIn } from '#shared/events/json.ts';
import { readText } from './quarantine-store.ts';

/** A record of the events' stream that its mapping gave up on. */
export interface FailedRecord {
  readonly partitionKey: string;
  readonly sequenceNumber: string;
  readonly data: Buffer;
  readonly arrivedAt: number;
}

/** What mappings gave up on, batch by batch, as Lambda leaves it. */
export interface FailedRecords {
  /** Keys in one order, `after` one of them. */
  list(page: { readonly after?: string | undefined; readonly limit: number }): Promise<{
    readonly objects: readonly { readonly key: string; readonly at: number; readonly bytes: number }[];
    readonly next?: string | undefined;
  }>;

  /** The records of one batch; nothing where there is none, or what lies there is none of the stream of events. */
  read(key: string): Promise<readonly FailedRecord[] | undefined>;

  remove(key: string): Promise<void>;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html */
const Batch = z.object({ KinesisBatchInfo: z.looseObject({}), payload: z.string() });
const Payload = z.object({
  Records: z.array(
    z.object({
      kinesis: z.object({
        partitionKey: z.string(),
        sequenceNumber: z.string(),
        data: z.string(),
        approximateArrivalTimestamp: z.number(),
      }),
    }),
  ),
});

/** Where Lambda leaves them. */
const PREFIX = 'aws/lambda/';

export function s3FailedRecords(client: S3Client, bucket: string): FailedRecords {
  return {
    async list({ after, limit }) {
      const { Contents = [], IsTruncated = false } = await client.send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix: PREFIX, StartAfter: after, MaxKeys: limit }),
      );
      const objects = Contents.flatMap(({ Key, LastModified, Size = 0 }) =>
        Key === undefined ? [] : [{ key: Key, at: LastModified?.getTime() ?? 0, bytes: Size }],
      );
      return { objects, next: IsTruncated ? objects.at(-1)?.key : undefined };
    },

    async read(key) {
      const text = await readText(client, bucket, key);
      const batch = Batch.safeParse(jsonIn(text ?? ''));
      const payload = Payload.safeParse(jsonIn(batch.data?.payload ?? ''));
      return payload.data?.Records.map(({ kinesis }) => ({
        partitionKey: kinesis.partitionKey,
        sequenceNumber: kinesis.sequenceNumber,
        data: Buffer.from(kinesis.data, 'base64'),
        arrivedAt: Math.floor(kinesis.approximateArrivalTimestamp * 1000),
      }));
    },

    async remove(key) {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
  };
}
