import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { readRequest } from './aws-request.ts';
import type { Line } from './network.ts';

/** Attempts that the SDK makes at a call, the first included. */
const ATTEMPTS = 3;

/** Stock clients whose calls all go over one line. */
export function clientsOver(line: Line) {
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
  return { documents, s3: new S3Client(config) };
}

type Token = ReturnType<typeof token>;
const token = (attempts: number) => ({ getRetryCount: () => attempts, getRetryDelay: () => 0 });
