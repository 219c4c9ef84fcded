import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { KinesisStreamBatchResponse, KinesisStreamRecord } from 'aws-lambda';
import { applyKey } from '#functions/profiles/apply-key.ts';
import { awsPorts } from '#functions/profiles/aws-ports.ts';
import type { ProfilesEnv } from '#functions/profiles/env.ts';
import { kinesisBatch } from '#functions/runtime/kinesis-batch.ts';
import { readRequest } from './aws-request.ts';
import type { Line } from './network.ts';

/** A λ as it runs in AWS, but for its network and its clock. */
export interface Lambda {
  /** `killed` when the λ ended before it answered. */
  invoke(records: readonly KinesisStreamRecord[]): Promise<KinesisStreamBatchResponse | 'killed'>;
}

/** Attempts that the SDK makes at a call, the first included. */
const ATTEMPTS = 3;

/** Starts the profiles function over a line of its own, with everything that it is in production behind it. */
export function startLambda(
  env: ProfilesEnv,
  { line, now }: { readonly line: Line; readonly now: () => number },
): Lambda {
  const config = {
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    // nobody checks it, and it takes a third of the time of a call
    signer: { sign: async <T>(request: T): Promise<T> => request },
    requestHandler: {
      handle: async (request: unknown) => ({ response: await line.send(readRequest(request)) }),
      destroy() {},
      updateHttpClientConfig() {},
      httpHandlerConfigs: () => ({}),
    },
    // as the SDK's own, which takes its time between attempts
    retryStrategy: {
      acquireInitialRetryToken: async () => token(0),
      async refreshRetryTokenForRetry(before: Token, { errorType }: { readonly errorType: string }) {
        const attempts = before.getRetryCount() + 1;
        if (errorType === 'CLIENT_ERROR' || attempts === ATTEMPTS) throw new Error('no more attempts');
        return token(attempts);
      },
      recordSuccess() {},
    },
  };
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient(config), {
    marshallOptions: { removeUndefinedValues: true },
  });
  const ports = { ...awsPorts(env, { documents, s3: new S3Client(config) }), now, pause: async () => {} };
  const handle = kinesisBatch({ handle: (key) => applyKey(key, ports) });

  return {
    invoke: (records) => Promise.race([handle({ Records: [...records] }), line.ended]),
  };
}

type Token = ReturnType<typeof token>;
const token = (attempts: number) => ({ getRetryCount: () => attempts, getRetryDelay: () => 0 });
