import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { KinesisClient, ListStreamsCommand } from '@aws-sdk/client-kinesis';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isRetryable } from '#functions/runtime/fault.ts';
import { PATIENCE, STREAM_PATIENCE } from '#functions/runtime/patience.ts';

let server: Server;
beforeAll(async () => {
  server = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => void server.close());

const soon = { requestTimeout: 50 };
const client = () => {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    region: 'eu-west-1',
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
    maxAttempts: 1,
  };
};

describe('PATIENCE', () => {
  it.each([
    [
      'DynamoDB',
      () =>
        new DynamoDBClient({ ...client(), requestHandler: { ...PATIENCE, ...soon } }).send(
          new ListTablesCommand(),
        ),
    ],
    [
      'S3',
      () =>
        new S3Client({ ...client(), requestHandler: { ...PATIENCE, ...soon } }).send(
          new ListBucketsCommand(),
        ),
    ],
    [
      'Kinesis',
      () =>
        new KinesisClient({ ...client(), requestHandler: { ...STREAM_PATIENCE, ...soon } }).send(
          new ListStreamsCommand(),
        ),
    ],
  ])('ends waiting for %s, which takes requests and never answers, as what passes', async (_, ask) => {
    const fault: unknown = await ask().catch((thrown: unknown) => thrown);

    expect(fault).toBeInstanceOf(Error);
    expect(isRetryable(fault)).toBe(true);
  });

  it('leaves time to say so before a client stops waiting, though the SDK tries four times', () => {
    const segmentWaitsMs = 10_000;

    expect(4 * PATIENCE.requestTimeout).toBeLessThan(segmentWaitsMs);
    expect(STREAM_PATIENCE.requestTimeout).toBe(PATIENCE.requestTimeout);
  });
});
