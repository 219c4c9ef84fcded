import { describe, expect, it } from 'vitest';
import type { KeyedStreamRecord } from '#functions/adapters/kinesis/events-stream.ts';
import { pacedStream } from '#functions/imports/paced-stream.ts';
import { PartUnfinishedError } from '#functions/runs/part-unfinished.ts';
import { ThrottledError } from '#shared/kernel/errors.ts';
import { collected, web } from '#test/support/events.ts';

const records = (count: number, total = ''): KeyedStreamRecord[] =>
  Array.from({ length: count }, (_, n) => ({
    partitionKey: `userId#${n}`,
    record: {
      v: 1,
      source: web,
      receivedAt: 1,
      events: [collected({ messageId: `m${n}`, properties: { total } })],
    },
  }));

/** A stream on a clock that only pausing moves on, and that refuses while `refuses` says so. */
function paced({
  rate = 100,
  refuses = () => false,
  fault = new ThrottledError('busy'),
  endsAt = Number.POSITIVE_INFINITY,
}: {
  readonly rate?: number;
  readonly refuses?: () => boolean;
  readonly fault?: Error;
  readonly endsAt?: number;
} = {}) {
  let now = 0;
  const puts: { readonly at: number; readonly records: number }[] = [];
  const attempts: number[] = [];
  const pause = async (ms: number): Promise<void> => {
    now += ms;
  };
  const stream = pacedStream(
    {
      async put(put) {
        attempts.push(now);
        if (refuses()) throw fault;
        puts.push({ at: now, records: put.length });
      },
    },
    { rate, clock: () => now, pause, isOver: () => now >= endsAt },
  );
  return { stream, puts, attempts, now: () => now };
}

describe('a stream at a pace', () => {
  it('takes no more in a second than the rate, in requests of a bounded size', async () => {
    const { stream, puts } = paced({ rate: 100 });

    await stream.put(records(500));
    await stream.put(records(10));

    expect(puts).toEqual([
      { at: 0, records: 200 },
      { at: 2_000, records: 200 },
      { at: 4_000, records: 100 },
      { at: 5_000, records: 10 },
    ]);
  });

  it('takes fewer records of those that are large', async () => {
    const { stream, puts } = paced({ rate: 100 });

    await stream.put(records(100, 'x'.repeat(10_000)));
    await stream.put(records(1));

    expect(puts[1]?.at).toBeGreaterThan(9_000);
  });

  it('waits for the stream to take what it refused, longer each time, and slows down', async () => {
    let left = 3;
    const { stream, puts, attempts } = paced({ rate: 1_000, refuses: () => left-- > 0 });

    await stream.put(records(100));
    await stream.put(records(100));

    expect(puts.map((put) => put.records)).toEqual([100, 100]);
    expect(attempts).toHaveLength(5);
    expect(puts[0]?.at).toBeGreaterThanOrEqual(250 + 500 + 1_000);
    expect((puts[1]?.at ?? 0) - (puts[0]?.at ?? 0)).toBeGreaterThan(700);
  });

  it('comes back to its pace by and by', async () => {
    let left = 3;
    const { stream, puts } = paced({ rate: 1_000, refuses: () => left-- > 0 });

    for (let n = 0; n < 60; n++) await stream.put(records(100));

    const gaps = puts.slice(1).map(({ at }, n) => at - (puts[n]?.at ?? 0));
    expect(gaps[0]).toBeGreaterThan(700);
    expect(gaps.at(-1)).toBe(100);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(100);
  });

  it('ends in good time, to be tried again', async () => {
    const { stream, now } = paced({ refuses: () => true, endsAt: 60_000 });

    await expect(stream.put(records(1))).rejects.toThrow(PartUnfinishedError);
    expect(now()).toBeLessThan(60_000 + 15_000 + 1_000);
  });

  it('passes on what no waiting mends', async () => {
    const { stream, attempts } = paced({ refuses: () => true, fault: new TypeError('a bug') });

    await expect(stream.put(records(1))).rejects.toThrow('a bug');
    expect(attempts).toHaveLength(1);
  });
});
