import { describe, expect, it } from 'vitest';
import { kinesisBatch } from '#functions/runtime/kinesis-batch.ts';
import { kinesisRecord } from '#test/support/kinesis-record.ts';

const recordOf = (partitionKey: string, sequenceNumber: string) =>
  kinesisRecord({ partitionKey, sequenceNumber, data: '', arrivedAt: 1_700_000_000_000 });

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
