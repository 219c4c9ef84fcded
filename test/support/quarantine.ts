import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import type { StackProcess } from './stack-process.ts';
import { clientConfig } from './stored-people.ts';

const Entry = z.object({ source: z.string(), reason: z.string(), receivedAt: z.int(), event: z.unknown() });

/** Everything that lies in quarantine. */
export async function quarantined(stack: StackProcess): Promise<readonly z.infer<typeof Entry>[]> {
  const s3 = new S3Client(clientConfig(stack));
  const Bucket = stack.outputs.QuarantineBucket;
  const entries: z.infer<typeof Entry>[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await s3.send(
      new ListObjectsV2Command({ Bucket, Prefix: 'quarantine/', ContinuationToken }),
    );
    for (const { Key } of page.Contents ?? []) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      const lines = (await Body?.transformToString())?.trim().split('\n') ?? [];
      entries.push(...lines.map((line) => Entry.parse(JSON.parse(line))));
    }
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
  s3.destroy();
  return entries;
}
