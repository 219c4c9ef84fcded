import {
  AccessDeniedException,
  InternalFailureException,
  KinesisClient,
  PutRecordsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-kinesis';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { kinesisEventsStream } from '#functions/adapters/kinesis/events-stream.ts';
import { StreamRecord } from '#shared/events/stream-record.ts';
import { ThrottledError, UnavailableError } from '#shared/kernel/errors.ts';
import { collected, web } from '#test/support/events.ts';

const kinesis = mockClient(KinesisClient);
const stream = kinesisEventsStream(new KinesisClient({ region: 'eu-west-1' }), 'events');

const record = (partitionKey: string, length = 0) => ({
  partitionKey,
  record: {
    v: 1 as const,
    source: web,
    receivedAt: 1,
    events: [collected({ properties: { text: 'x'.repeat(length) } })],
  },
});
const taken = { SequenceNumber: '1', ShardId: 'shardId-000000000000' };
const throttled = { ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage: 'slow down' };
const keysOf = (call: number) =>
  kinesis
    .commandCalls(PutRecordsCommand)
    [call]?.args[0].input.Records?.map(({ PartitionKey }) => PartitionKey);

describe('kinesisEventsStream', () => {
  beforeEach(() => kinesis.reset());

  it('sends again only what was refused', async () => {
    kinesis
      .on(PutRecordsCommand)
      .resolvesOnce({ FailedRecordCount: 1, Records: [taken, throttled, taken] })
      .resolves({ FailedRecordCount: 0, Records: [taken] });

    await stream.put([record('a'), record('b'), record('c')]);

    expect(keysOf(0)).toEqual(['a', 'b', 'c']);
    expect(keysOf(1)).toEqual(['b']);
  });

  const failed = { ErrorCode: 'InternalFailure', ErrorMessage: 'internal service failure' };

  it.each([
    { name: 'throttles a record every time', refusal: throttled, fault: ThrottledError },
    { name: 'fails for a record every time', refusal: failed, fault: UnavailableError },
  ])('says what kind of refusal it was when the stream $name', async ({ refusal, fault }) => {
    kinesis.on(PutRecordsCommand).resolves({ FailedRecordCount: 1, Records: [refusal] });

    await expect(stream.put([record('a')])).rejects.toThrow(fault);
    expect(kinesis.commandCalls(PutRecordsCommand)).toHaveLength(5);
  });

  it.each([
    { name: 'ProvisionedThroughputExceededException', fault: ThrottledError },
    { name: 'KMSThrottlingException', fault: ThrottledError },
    { name: 'LimitExceededException', fault: ThrottledError },
    { name: 'InternalFailureException', fault: UnavailableError },
    { name: 'TimeoutError', fault: UnavailableError },
  ])('makes a $name of the whole request one of ours, with its cause', async ({ name, fault }) => {
    const cause = Object.assign(new Error('as AWS says'), { name });
    kinesis.on(PutRecordsCommand).rejects(cause);

    const attempt = stream.put([record('a')]);

    await expect(attempt).rejects.toThrow(fault);
    await expect(attempt).rejects.toMatchObject({ retryable: true, cause });
  });

  const said = { $metadata: {}, message: 'as AWS says' };

  it('gives what waiting does not mend as AWS says it, so that who waits for the stream ends', async () => {
    for (const ours of [new AccessDeniedException(said), new ResourceNotFoundException(said)]) {
      kinesis.on(PutRecordsCommand).rejects(ours);
      await expect(stream.put([record('a')])).rejects.toBe(ours);
    }
    kinesis.on(PutRecordsCommand).rejects(new InternalFailureException(said));
    await expect(stream.put([record('a')])).rejects.toThrow(UnavailableError);
  });

  it('asks for no more at once than 500 records and 500 KB, but for a record that is larger', async () => {
    kinesis.on(PutRecordsCommand).callsFake(({ Records = [] }) => ({ Records: Records.map(() => taken) }));

    await stream.put([
      ...Array.from({ length: 501 }, (_, n) => record(`${n}`)),
      ...Array.from({ length: 5 }, () => record('big', 200_000)),
      record('bigger', 600_000),
      record('last'),
    ]);

    const sizes = kinesis.commandCalls(PutRecordsCommand).map(({ args }) => args[0].input.Records?.length);
    expect(sizes).toEqual([500, 3, 2, 1, 1, 1]);
  });

  it('gets the largest body through a stream that takes a little of each request', async () => {
    let took = 0;
    kinesis.on(PutRecordsCommand).callsFake(({ Records = [] }) => {
      let room = 200_000;
      return {
        Records: Records.map(({ Data = [] }: { readonly Data?: Uint8Array | never[] }) => {
          room -= Data.length;
          if (room < 0) return throttled;
          took += 1;
          return taken;
        }),
      };
    });

    await stream.put(Array.from({ length: 400 }, (_, n) => record(`${n}`, 10_000)));

    expect(took).toBe(400);
  });

  it('splits a record of more than 900 KB, its events in order', async () => {
    const { record: one, partitionKey } = record('a');
    const events = Array.from({ length: 100 }, (_, n) =>
      collected({ messageId: `m${n}`, properties: { text: 'é'.repeat(n * 500) } }),
    );
    const put: { readonly PartitionKey?: string; readonly Data?: Uint8Array }[] = [];
    kinesis.on(PutRecordsCommand).callsFake(({ Records = [] }) => {
      put.push(...Records);
      return { Records: Records.map(() => taken) };
    });

    await stream.put([{ partitionKey, record: { ...one, events } }]);

    expect(
      put.every(({ PartitionKey, Data }) => PartitionKey === 'a' && Data && Data.length <= 900_000),
    ).toBe(true);
    const arrived = put.flatMap(({ Data = new Uint8Array() }) =>
      StreamRecord.parse(JSON.parse(Buffer.from(Data).toString())),
    );
    expect(arrived.flatMap((part) => part.events)).toEqual(events);
    expect(arrived.map(({ source, receivedAt }) => ({ source, receivedAt }))).toEqual(
      arrived.map(() => ({ source: web, receivedAt: 1 })),
    );
    expect(arrived.length).toBeLessThan(12);
  });

  it('shortens a key that Kinesis would refuse, always to the same', async () => {
    kinesis.on(PutRecordsCommand).resolves({ Records: [taken] });
    const long = `userId#${'x'.repeat(400)}`;

    await stream.put([record(long)]);
    await stream.put([record(long)]);

    expect(keysOf(0)).toEqual(keysOf(1));
    expect(keysOf(0)?.[0]?.length).toBeLessThanOrEqual(256);
  });
});
