import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
  ListStreamsCommand,
  MergeShardsCommand,
  PutRecordCommand,
  PutRecordsCommand,
  SplitShardCommand,
} from '@aws-sdk/client-kinesis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AwsError } from '#local/gate/aws-call.ts';
import { type Kinesis, openKinesis } from '#local/services/kinesis.ts';

const StreamName = 'events';
const text = (data: Uint8Array | undefined) => Buffer.from(data ?? []).toString('utf8');

/** The service alone behind HTTP/2 in clear text, which is what the stock client speaks. */
function serve(service: Kinesis['service']) {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(Buffer.from(chunk)));
    request.on('end', async () => {
      const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
      const headers = { 'content-type': String(request.headers['content-type']) };
      const call = { service: 'kinesis', operation, method: 'POST', path: '/', headers };
      try {
        const reply = await service({ ...call, body: Buffer.concat(chunks), caller: { kind: 'operator' } });
        response.writeHead(reply.status, { ...reply.headers });
        response.end(reply.body);
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        response.writeHead(error.status, headers);
        response.end(JSON.stringify({ __type: error.code, message: error.message }));
      }
    });
  });
  return new Promise<{ port: number; close: () => void }>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address: AddressInfo | string | null = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      resolve({ port, close: () => void server.close() });
    });
  });
}

describe('kinesis', () => {
  let dir: string;
  let kinesis: Kinesis;
  let server: Awaited<ReturnType<typeof serve>>;
  let client: KinesisClient;
  let clockMs: number;

  const open = async (shardLimits?: { bytesPerSecond: number; recordsPerSecond: number }) => {
    const streamArn = (name: string) => `arn:aws:kinesis:eu-west-1:000000000000:stream/${name}`;
    kinesis = openKinesis({ dir, streamArn, now: () => clockMs, ...(shardLimits && { shardLimits }) });
    server = await serve(kinesis.service);
    client = new KinesisClient({
      region: 'eu-west-1',
      endpoint: `http://127.0.0.1:${server.port}`,
      credentials: { accessKeyId: 'x', secretAccessKey: 'y' },
      maxAttempts: 1,
    });
  };
  const close = () => {
    client.destroy();
    server.close();
    kinesis.close();
  };
  const put = (...records: string[]) =>
    client.send(
      new PutRecordsCommand({
        StreamName,
        Records: records.map((record) => ({ PartitionKey: record.split('=')[0], Data: Buffer.from(record) })),
      }),
    );
  const read = async (
    ShardId: string,
    how: Partial<ConstructorParameters<typeof GetShardIteratorCommand>[0]> = {},
  ) => {
    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({ StreamName, ShardId, ShardIteratorType: 'TRIM_HORIZON', ...how }),
    );
    return client.send(new GetRecordsCommand({ ShardIterator }));
  };
  const shards = async () => (await client.send(new ListShardsCommand({ StreamName }))).Shards ?? [];

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'kinesis-'));
    clockMs = Date.UTC(2026, 0, 1);
    await open();
    kinesis.createStream({ name: StreamName, shardCount: 2, retentionHours: 24 });
  });
  afterEach(() => {
    close();
    rmSync(dir, { recursive: true });
  });

  it('puts each partition key into one shard, in order', async () => {
    const first = await put('a=1', 'b=1', 'a=2');
    await put('a=3');

    const read0 = await read('shardId-000000000000');
    const read1 = await read('shardId-000000000001');
    const all = [...(read0.Records ?? []), ...(read1.Records ?? [])];

    expect(first.FailedRecordCount).toBe(0);
    expect(all.filter(({ PartitionKey }) => PartitionKey === 'a').map(({ Data }) => text(Data))).toEqual([
      'a=1',
      'a=2',
      'a=3',
    ]);
    expect(all).toHaveLength(4);
    // MD5('a') = 0cc1… is in the lower half, MD5('b') = 92eb… in the upper.
    expect(read0.Records?.map(({ PartitionKey }) => PartitionKey)).toEqual(['a', 'a', 'a']);
    expect(read0.Records?.[0]?.ApproximateArrivalTimestamp).toEqual(new Date(clockMs));
    expect(read0.MillisBehindLatest).toBe(0);
  });

  it('numbers records as AWS does: 56 digits, ever greater', async () => {
    const { Records = [] } = await put('a=1', 'a=2');
    clockMs += 1;
    const third = await client.send(
      new PutRecordCommand({ StreamName, PartitionKey: 'a', Data: Buffer.from('a=3') }),
    );

    const numbers = [...Records, third].map(({ SequenceNumber = '' }) => SequenceNumber);

    expect(numbers.every((number) => /^\d{56}$/.test(number))).toBe(true);
    expect([...numbers].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1))).toEqual(numbers);
  });

  it('starts reading where the iterator type says', async () => {
    const { Records = [] } = await put('a=1', 'a=2');
    clockMs += 5000;
    await put('a=3');
    const ShardId = 'shardId-000000000000';
    const second = { StartingSequenceNumber: Records[1]?.SequenceNumber };
    const texts = async (how: Parameters<typeof read>[1]) =>
      ((await read(ShardId, how)).Records ?? []).map(({ Data }) => text(Data));

    expect(await texts({ ShardIteratorType: 'AT_SEQUENCE_NUMBER', ...second })).toEqual(['a=2', 'a=3']);
    expect(await texts({ ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', ...second })).toEqual(['a=3']);
    expect(await texts({ ShardIteratorType: 'AT_TIMESTAMP', Timestamp: new Date(clockMs - 1) })).toEqual([
      'a=3',
    ]);
    expect(await texts({ ShardIteratorType: 'LATEST' })).toEqual([]);
  });

  it('reads on from LATEST, and says how far behind a page is', async () => {
    const ShardId = 'shardId-000000000000';
    const latest = await read(ShardId, { ShardIteratorType: 'LATEST' });
    await put('a=1', 'a=2');
    clockMs += 700;

    const page = await client.send(
      new GetRecordsCommand({ ShardIterator: latest.NextShardIterator, Limit: 1 }),
    );
    const rest = await client.send(new GetRecordsCommand({ ShardIterator: page.NextShardIterator }));

    expect(page.Records?.map(({ Data }) => text(Data))).toEqual(['a=1']);
    expect(page.MillisBehindLatest).toBe(700);
    expect(rest.Records?.map(({ Data }) => text(Data))).toEqual(['a=2']);
    expect(rest.MillisBehindLatest).toBe(0);
  });

  it('keeps records and shards over a restart', async () => {
    const { Records: before = [] } = await put('a=1');
    close();
    await open();
    const { Records: after = [] } = await put('a=2');

    const { Records } = await read('shardId-000000000000');

    expect(Records?.map(({ Data }) => text(Data))).toEqual(['a=1', 'a=2']);
    expect(BigInt(after[0]?.SequenceNumber ?? 0)).toBeGreaterThan(BigInt(before[0]?.SequenceNumber ?? 0));
  });

  it('splits a shard into children whose numbers exceed every number of the parent', async () => {
    const { Records: before = [] } = await put('a=1');
    const middle = String(2n ** 125n);
    await client.send(
      new SplitShardCommand({ StreamName, ShardToSplit: 'shardId-000000000000', NewStartingHashKey: middle }),
    );
    const { Records: after = [] } = await put('a=2');

    const parent = await read('shardId-000000000000');

    expect(parent.Records?.map(({ Data }) => text(Data))).toEqual(['a=1']);
    expect(parent.NextShardIterator).toBeUndefined();
    expect(parent.ChildShards?.map(({ ShardId }) => ShardId)).toEqual([
      'shardId-000000000002',
      'shardId-000000000003',
    ]);
    expect(after[0]?.ShardId).toBe('shardId-000000000002');
    expect(BigInt(after[0]?.SequenceNumber ?? 0)).toBeGreaterThan(BigInt(before[0]?.SequenceNumber ?? 0));
    expect(await shards()).toMatchObject([
      { SequenceNumberRange: { EndingSequenceNumber: expect.any(String) } },
      { SequenceNumberRange: { StartingSequenceNumber: expect.any(String) } },
      { ParentShardId: 'shardId-000000000000', HashKeyRange: { StartingHashKey: '0' } },
      { ParentShardId: 'shardId-000000000000', HashKeyRange: { StartingHashKey: middle } },
    ]);
  });

  it('merges adjacent shards into one child of both', async () => {
    const [ShardToMerge, AdjacentShardToMerge] = ['shardId-000000000001', 'shardId-000000000000'];
    await client.send(new MergeShardsCommand({ StreamName, ShardToMerge, AdjacentShardToMerge }));

    const { Records = [] } = await put('a=1', 'b=1');

    expect(Records.map(({ ShardId }) => ShardId)).toEqual(['shardId-000000000002', 'shardId-000000000002']);
    expect((await shards()).at(-1)).toMatchObject({
      ParentShardId: 'shardId-000000000001',
      AdjacentParentShardId: 'shardId-000000000000',
      HashKeyRange: { StartingHashKey: '0', EndingHashKey: String(2n ** 128n - 1n) },
    });
    await expect(
      client.send(new MergeShardsCommand({ StreamName, ShardToMerge, AdjacentShardToMerge })),
    ).rejects.toMatchObject({ name: 'InvalidArgumentException' });
  });

  it('forgets records past retention, and closed shards with them', async () => {
    await put('a=1');
    await client.send(
      new MergeShardsCommand({
        StreamName,
        ShardToMerge: 'shardId-000000000000',
        AdjacentShardToMerge: 'shardId-000000000001',
      }),
    );
    clockMs += 24 * 3_600_000 + 1;
    await put('a=2');

    expect((await shards()).map(({ ShardId }) => ShardId)).toEqual(['shardId-000000000002']);
    expect((await read('shardId-000000000002')).Records?.map(({ Data }) => text(Data))).toEqual(['a=2']);
  });

  it('never returns a record past retention, trimmed or not', async () => {
    await put('a=1');
    clockMs += 24 * 3_600_000 + 1;

    expect((await read('shardId-000000000000')).Records).toEqual([]);
  });

  it('throttles record by record where shards have limits', async () => {
    close();
    await open({ bytesPerSecond: 1000, recordsPerSecond: 2 });

    const first = await put('a=1', 'a=2', 'a=3', 'b=1');
    clockMs += 500;
    const second = await put('a=4', 'a=5');

    expect(first.FailedRecordCount).toBe(1);
    expect(first.Records?.[2]).toMatchObject({ ErrorCode: 'ProvisionedThroughputExceededException' });
    expect(second.Records?.map(({ ErrorCode }) => ErrorCode)).toEqual([
      undefined,
      'ProvisionedThroughputExceededException',
    ]);
    expect((await read('shardId-000000000000')).Records?.map(({ Data }) => text(Data))).toEqual([
      'a=1',
      'a=2',
      'a=4',
    ]);
    await expect(
      client.send(new PutRecordCommand({ StreamName, PartitionKey: 'a', Data: Buffer.alloc(600) })),
    ).rejects.toMatchObject({ name: 'ProvisionedThroughputExceededException' });
  });

  it('describes a stream and lists them', async () => {
    const { StreamDescriptionSummary } = await client.send(new DescribeStreamSummaryCommand({ StreamName }));

    expect(StreamDescriptionSummary).toMatchObject({
      StreamARN: 'arn:aws:kinesis:eu-west-1:000000000000:stream/events',
      StreamStatus: 'ACTIVE',
      OpenShardCount: 2,
      RetentionPeriodHours: 24,
    });
    expect((await client.send(new ListStreamsCommand({}))).StreamNames).toEqual(['events']);
    const page = await client.send(new ListShardsCommand({ StreamName, MaxResults: 1 }));
    const rest = await client.send(new ListShardsCommand({ NextToken: page.NextToken }));
    expect([page.Shards?.length, rest.Shards?.length, rest.NextToken]).toEqual([1, 1, undefined]);
  });

  it.each([
    ['an unknown stream', () => put2('other', 1, 1), 'ResourceNotFoundException'],
    ['a record over 1 MiB', () => put2(StreamName, 1, 1024 * 1024 + 1), 'InvalidArgumentException'],
    ['a request over 10 MiB', () => put2(StreamName, 11, 1024 * 1024 - 10), 'InvalidArgumentException'],
    ['501 records', () => put2(StreamName, 501, 1), 'ValidationException'],
  ])('refuses %s', async (_name, act, code) => {
    await expect(act()).rejects.toMatchObject({ name: code });
  });
  const put2 = (name: string, count: number, bytes: number) => {
    const Records = Array.from({ length: count }, () => ({ PartitionKey: 'a', Data: Buffer.alloc(bytes) }));
    return client.send(new PutRecordsCommand({ StreamName: name, Records }));
  };

  it('expires an iterator after five minutes', async () => {
    const { NextShardIterator } = await read('shardId-000000000000');
    clockMs += 300_001;

    await expect(
      client.send(new GetRecordsCommand({ ShardIterator: NextShardIterator })),
    ).rejects.toMatchObject({ name: 'ExpiredIteratorException' });
  });
});
