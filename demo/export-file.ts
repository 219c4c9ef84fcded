import { gunzipSync } from 'node:zlib';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { parse } from 'csv-parse/sync';
import * as z from 'zod';

/** What a run of an export says of itself. */
export const ExportResult = z.object({
  bucket: z.string(),
  rows: z.int(),
  parts: z.array(z.object({ key: z.string(), rows: z.int() })),
});
export type ExportResult = z.infer<typeof ExportResult>;

/** Reads an export's files with the stock S3 client, header lines apart, as a consumer would. */
export async function readExport({ bucket, parts }: ExportResult, awsUrl: string): Promise<string[][]> {
  const s3 = new S3Client({
    endpoint: awsUrl,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const rows: string[][] = [];
  for (const [index, { key }] of parts.entries()) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    const text = gunzipSync((await Body?.transformToByteArray()) ?? Buffer.alloc(0)).toString('utf8');
    rows.push(
      ...z
        .array(z.array(z.string()))
        .parse(parse(text))
        .slice(index === 0 ? 0 : 1),
    );
  }
  s3.destroy();
  return rows;
}
