import {
  GetObjectCommand,
  PutObjectCommand,
  type PutObjectCommandOutput,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { openS3, type S3 } from '#local/services/s3.ts';
import { startTestGate, type TestGate } from '#test/support/gate.ts';

export const Bucket = 'exports';
export const MEGABYTE = 1024 * 1024;

/** S3 behind a gate, with one bucket, and a stock client before it. */
export interface TestS3 {
  readonly s3: S3;
  readonly gate: TestGate;
  readonly client: S3Client;
  put(Key: string, Body: string | Buffer, more?: object): Promise<PutObjectCommandOutput>;
  read(Key: string, more?: object): Promise<Buffer>;
  close(): Promise<void>;
}

export async function startS3(dir: string): Promise<TestS3> {
  const s3 = openS3({ dir });
  s3.createBucket(Bucket);
  const gate = await startTestGate({ services: { s3: s3.service } });
  const client = new S3Client(gate.asOperator());
  return {
    s3,
    gate,
    client,
    put: (Key, Body, more = {}) => client.send(new PutObjectCommand({ Bucket, Key, Body, ...more })),
    async read(Key, more = {}) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key, ...more }));
      return Buffer.from((await Body?.transformToByteArray()) ?? []);
    },
    async close() {
      client.destroy();
      await gate.close();
      s3.close();
    },
  };
}

/** The status of an answer, a refusal's too. */
export const statusOf = (sent: Promise<unknown>): Promise<number | undefined> =>
  sent.then(
    () => 200,
    (error) => (error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined),
  );
