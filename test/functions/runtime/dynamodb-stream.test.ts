import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { dynamodbStream, type ItemChange } from '#functions/runtime/dynamodb-stream.ts';
import { logger } from '#functions/runtime/telemetry.ts';

const record = (sequence: number, pid: string): DynamoDBRecord => ({
  dynamodb: {
    SequenceNumber: String(sequence),
    Keys: { pid: { S: pid } },
    NewImage: {
      pid: { S: pid },
      out: {
        M: { n: { N: '4' }, entered: { L: [{ S: 'vip' }] }, none: { NULL: true }, yes: { BOOL: true } },
      },
      bytes: { B: 'aGk=' },
      set: { NS: ['1', '2'] },
    },
  },
});

const run = async (event: DynamoDBStreamEvent, failing: readonly string[] = []) => {
  const handled: ItemChange[] = [];
  const handler = dynamodbStream({
    orderedBy: 'pid',
    handle: async (change) => {
      handled.push(change);
      if (failing.includes(change.sequenceNumber)) throw new Error('no');
    },
  });
  return { ...(await handler(event)), handled };
};

afterEach(() => {
  vi.restoreAllMocks();
});

describe('dynamodbStream', () => {
  it('hands over images as plain values', async () => {
    const { handled, batchItemFailures } = await run({ Records: [record(1, 'ada')] });

    expect(batchItemFailures).toEqual([]);
    expect(handled).toEqual([
      {
        sequenceNumber: '1',
        keys: { pid: 'ada' },
        newImage: {
          pid: 'ada',
          out: { n: 4, entered: ['vip'], none: null, yes: true },
          bytes: Buffer.from('hi'),
          set: [1, 2],
        },
      },
    ]);
  });

  it('stops a key at its first failure, goes on with the others, and reports the earliest', async () => {
    vi.spyOn(logger, 'error').mockReturnValue();
    const Records = [record(1, 'a'), record(2, 'b'), record(3, 'c'), record(4, 'b'), record(5, 'c')];

    const { handled, batchItemFailures } = await run({ Records }, ['2', '5']);

    expect(handled.map((change) => change.sequenceNumber).sort()).toEqual(['1', '2', '3', '5']);
    expect(batchItemFailures).toEqual([{ itemIdentifier: '2' }]);
  });
});
