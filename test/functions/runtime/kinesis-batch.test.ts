import type { KinesisStreamRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { kinesisBatch } from '#functions/runtime/kinesis-batch.ts';

const recordOf = (partitionKey: string, sequenceNumber: string): KinesisStreamRecord => ({
  eventID: `shardId-000000000000:${sequenceNumber}`,
  eventName: 'aws:kinesis:record',
  eventSource: 'aws:kinesis',
  eventSourceARN: 'arn:aws:kinesis:eu-west-1:000000000000:stream/events',
  eventVersion: '1.0',
  awsRegion: 'eu-west-1',
  invokeIdentityArn: 'arn:aws:iam::000000000000:role/profiles',
  kinesis: {
    kinesisSchemaVersion: '1.0',
    partitionKey,
    sequenceNumber,
    data: '',
    approximateArrivalTimestamp: 1_700_000_000,
  },
});

const BATCH = { Records: [recordOf('a', '1'), recordOf('b', '2'), recordOf('a', '3'), recordOf('c', '4')] };

describe('kinesisBatch', () => {
  it.each([
    { failing: 'none', reported: [], settled: ['a 1 3', 'b 2', 'c 4'] },
    { failing: 'c', reported: ['4'], settled: ['a 1 3', 'b 2'] },
    { failing: 'b', reported: ['2'], settled: ['a 1 3', 'c 4'] },
    { failing: 'a', reported: ['1'], settled: ['b 2', 'c 4'] },
  ])('goes on with the other keys, and reports the lowest of what failed: $failing', async (asked) => {
    const done: string[] = [];
    const handle = kinesisBatch({
      handle: async ({ partitionKey, records }) => {
        if (partitionKey === asked.failing) throw new Error('not now');
        done.push([partitionKey, ...records.map(({ sequenceNumber }) => sequenceNumber)].join(' '));
      },
      settled: async () => void done.push('settled'),
    });

    const { batchItemFailures } = await handle(BATCH);

    expect(batchItemFailures).toEqual(asked.reported.map((itemIdentifier) => ({ itemIdentifier })));
    expect(done).toEqual([...asked.settled, 'settled']);
  });
});
