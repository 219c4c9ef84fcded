import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
} from '@aws-sdk/client-kinesis';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { kinesisEventsReader, READER_LIMITS } from '#functions/adapters/kinesis/events-reader.ts';
import { collected, web } from '#test/support/events.ts';

const kinesis = mockClient(KinesisClient);
const reader = kinesisEventsReader(new KinesisClient({ region: 'eu-west-1' }), {
  streamArn: 'arn:events',
  betweenReadsMs: 0,
});

const FROM = 1_000_000;
const range = { source: 'web', from: FROM, to: FROM + 1_000 };

const arrived = (messageId: string, at: number, source = 'web') => ({
  SequenceNumber: '1',
  PartitionKey: 'k',
  ApproximateArrivalTimestamp: new Date(at),
  Data: Buffer.from(
    JSON.stringify({
      v: 1,
      source: { ...web, id: source },
      receivedAt: at,
      events: [collected({ userId: 'u', messageId })],
    }),
  ),
});

function shards(...ids: readonly string[]): void {
  kinesis.on(ListShardsCommand).resolves({
    Shards: ids.map((ShardId) => ({ ShardId, HashKeyRange: undefined, SequenceNumberRange: undefined })),
  });
  for (const ShardId of ids)
    kinesis.on(GetShardIteratorCommand, { ShardId }).resolves({ ShardIterator: `${ShardId} 0` });
}

const idsIn = async () => {
  const { records, complete } = await reader.read(range);
  return { ids: records.flatMap(({ events }) => events.map(({ messageId }) => messageId)).sort(), complete };
};

describe('kinesisEventsReader', () => {
  beforeEach(() => kinesis.reset());

  it('reads every shard from a time on, and keeps what is of the source and of our form', async () => {
    shards('a', 'b');
    kinesis
      .on(GetRecordsCommand, { ShardIterator: 'a 0' })
      .resolves({
        Records: [
          arrived('1', FROM),
          arrived('other', FROM, 'till'),
          { ...arrived('x', FROM), Data: Buffer.from('what?') },
          { ...arrived('x', FROM), Data: Buffer.from('{"v":1,"tick":{"pids":["p"]}}') },
        ],
        MillisBehindLatest: 0,
        NextShardIterator: 'a 1',
      })
      .on(GetRecordsCommand, { ShardIterator: 'b 0' })
      .resolves({ Records: [arrived('2', FROM + 1_000)], MillisBehindLatest: 0, NextShardIterator: 'b 1' });

    expect(await idsIn()).toEqual({ ids: ['1', '2'], complete: true });
    expect(kinesis.commandCalls(GetShardIteratorCommand)[0]?.args[0].input).toEqual({
      StreamARN: 'arn:events',
      ShardId: 'a',
      ShardIteratorType: 'AT_TIMESTAMP',
      Timestamp: new Date(FROM),
    });
    expect(kinesis.commandCalls(GetRecordsCommand)[0]?.args[0].input).toMatchObject({
      StreamARN: 'arn:events',
      Limit: 500,
    });
  });

  it('goes on where a read found nothing, as long as the shard is not at its end', async () => {
    shards('a');
    kinesis
      .on(GetRecordsCommand, { ShardIterator: 'a 0' })
      .resolves({ Records: [], MillisBehindLatest: 9_000, NextShardIterator: 'a 1' })
      .on(GetRecordsCommand, { ShardIterator: 'a 1' })
      .resolves({ Records: [arrived('1', FROM + 5)], MillisBehindLatest: 10 });

    expect(await idsIn()).toEqual({ ids: ['1'], complete: true });
  });

  it('leaves out what is of before and after, and reads no further', async () => {
    shards('a');
    kinesis.on(GetRecordsCommand).resolves({
      Records: [arrived('0', FROM - 1), arrived('1', FROM), arrived('2', FROM + 1_001)],
      MillisBehindLatest: 9_000,
      NextShardIterator: 'a 1',
    });

    expect(await idsIn()).toEqual({ ids: ['1'], complete: true });
    expect(kinesis.commandCalls(GetRecordsCommand)).toHaveLength(1);
  });

  it('ends a shard that has more than it may read, and says so', async () => {
    shards('a');
    kinesis.on(GetRecordsCommand).resolves({
      Records: [arrived('1', FROM)],
      MillisBehindLatest: 9_000,
      NextShardIterator: 'a 1',
    });

    expect((await idsIn()).complete).toBe(false);
    expect(kinesis.commandCalls(GetRecordsCommand)).toHaveLength(READER_LIMITS.reads);
  });

  it.each(['ProvisionedThroughputExceededException', 'KMSThrottlingException'])(
    'leaves a shard that refuses for the moment to the others who read it: %s',
    async (name) => {
      shards('a', 'b');
      kinesis
        .on(GetRecordsCommand, { ShardIterator: 'a 0' })
        .rejects(Object.assign(new Error('slow down'), { name }))
        .on(GetRecordsCommand, { ShardIterator: 'b 0' })
        .resolves({ Records: [arrived('2', FROM)], MillisBehindLatest: 0 });

      expect(await idsIn()).toEqual({ ids: ['2'], complete: false });
    },
  );

  it('fails for what does not pass', async () => {
    shards('a');
    kinesis.on(GetRecordsCommand).rejects(Object.assign(new Error('no'), { name: 'AccessDeniedException' }));

    await expect(reader.read(range)).rejects.toThrow('no');
  });

  it('reads so many shards at most, those that were born last', async () => {
    shards(...Array.from({ length: READER_LIMITS.shards + 1 }, (_, n) => `s${n}`));
    kinesis.on(GetRecordsCommand).resolves({ Records: [], MillisBehindLatest: 0 });

    expect(await idsIn()).toEqual({ ids: [], complete: false });
    expect(
      kinesis.commandCalls(GetShardIteratorCommand).map(({ args }) => args[0].input.ShardId),
    ).not.toContain('s0');
  });
});
