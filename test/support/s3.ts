import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { openS3 } from '#local/services/s3.ts';
import { startTestGate } from './gate.ts';

export interface TestS3 {
  readonly client: S3Client;
  readonly bucket: string;
  close(): Promise<void>;
}

/** Starts an S3 in this process, with one empty bucket. */
export async function startS3(config: S3ClientConfig = {}): Promise<TestS3> {
  const dir = mkdtempSync(join(tmpdir(), 'tributary-s3-'));
  const s3 = openS3({ dir });
  const bucket = 'exports';
  s3.createBucket(bucket);
  const gate = await startTestGate({ services: { s3: s3.service } });
  const client = new S3Client({ ...gate.asOperator(), forcePathStyle: true, ...config });
  return {
    client,
    bucket,
    async close() {
      client.destroy();
      await gate.close();
      s3.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
