import { describe, expect, it } from 'vitest';
import type { EventsReader } from '#functions/adapters/kinesis/events-reader.ts';
import { lastAccepted } from '#functions/quality/last-accepted.ts';
import type { StreamRecord } from '#shared/events/stream-record.ts';
import { collected, web } from '#test/support/events.ts';

const NOW = Date.parse('2026-11-22T12:00:00Z');
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

type Range = Parameters<EventsReader['read']>[0];

const recordAt = (receivedAt: number, ...messageIds: readonly string[]): StreamRecord => ({
  v: 1,
  source: web,
  receivedAt,
  events: messageIds.map((messageId) => collected({ userId: 'u', messageId })),
});

/** A stream of records that arrive when they are received, of which a read may be too much. */
function world(
  records: readonly StreamRecord[],
  {
    lastAt,
    isTooMuch = () => false,
  }: { readonly lastAt?: number; readonly isTooMuch?: (range: Range) => boolean } = {},
) {
  const asked: { fromBefore: number; toBefore: number }[] = [];
  const reader: EventsReader = {
    async read(range) {
      const { from, to } = range;
      asked.push({ fromBefore: NOW - from, toBefore: NOW - to });
      const found = records.filter(({ receivedAt }) => receivedAt >= from && receivedAt <= to);
      return isTooMuch(range)
        ? { records: found.slice(0, 1), complete: false }
        : { records: found, complete: true };
    },
  };
  const quality = {
    lastAt: async (_: string, since: number) =>
      lastAt !== undefined && lastAt >= since - HOUR ? lastAt : undefined,
  };
  const ask = (limit = 3) => lastAccepted({ source: 'web', limit }, { reader, quality, now: () => NOW });
  return { ask, asked };
}

const idsOf = ({ events }: Awaited<ReturnType<typeof lastAccepted>>) =>
  events.map(({ event }) => event.messageId);

describe('lastAccepted', () => {
  it('begins just before the last event that is counted, and stops when there are enough', async () => {
    const lastAt = NOW - HOUR;
    const { ask, asked } = world([recordAt(lastAt - 2 * SECOND, 'a'), recordAt(lastAt, 'b', 'c')], {
      lastAt,
    });

    const found = await ask();

    expect(idsOf(found)).toEqual(['c', 'b', 'a']);
    expect(found).toMatchObject({ lastAt, complete: true });
    expect(asked).toEqual([{ fromBefore: HOUR + 5 * SECOND, toBefore: 0 }]);
  });

  it('goes further back until there are enough, and reads nothing twice', async () => {
    const lastAt = NOW - HOUR;
    const { ask, asked } = world(
      [recordAt(lastAt - 2 * HOUR, 'a'), recordAt(lastAt - 30 * SECOND, 'b'), recordAt(lastAt, 'c')],
      {
        lastAt,
      },
    );

    expect(idsOf(await ask())).toEqual(['c', 'b', 'a']);
    expect(asked.map(({ fromBefore }) => fromBefore - HOUR)).toEqual([5 * SECOND, MINUTE, HOUR, 23 * HOUR]);
    expect(asked.slice(1).map(({ toBefore }) => toBefore)).toEqual(
      asked.slice(0, -1).map(({ fromBefore }) => fromBefore + 1),
    );
  });

  it('shows what has come and is not counted yet', async () => {
    const { ask } = world([recordAt(NOW - 10 * SECOND, 'a'), recordAt(NOW - SECOND, 'b')], {
      lastAt: NOW - 10 * SECOND,
    });

    expect(idsOf(await ask())).toEqual(['b', 'a']);
    expect(idsOf(await world([recordAt(NOW - SECOND, 'b')]).ask())).toEqual(['b']);
  });

  it('looks back an hour where nothing is counted, and says so', async () => {
    const { ask, asked } = world([recordAt(NOW - 2 * HOUR, 'a')]);

    expect(await ask()).toEqual({ events: [], complete: true });
    expect(asked.at(-1)?.fromBefore).toBe(HOUR);
  });

  it('takes what is counted from before the stream began for nothing', async () => {
    const { ask } = world([], { lastAt: NOW - 24 * HOUR - 1 });

    expect(await ask()).toEqual({ events: [], complete: true });
  });

  it('leaves out a stretch that is too much, and says that something may lack', async () => {
    const lastAt = NOW - HOUR;
    const records = [
      recordAt(lastAt - 30 * SECOND, 'a'),
      recordAt(lastAt - 20 * SECOND, 'b'),
      recordAt(lastAt, 'c'),
    ];
    const { ask, asked } = world(records, { lastAt, isTooMuch: ({ from }) => from < lastAt - 5 * SECOND });

    const found = await ask();

    expect(idsOf(found)).toEqual(['c']);
    expect(found.complete).toBe(false);
    expect(asked).toHaveLength(2);
  });

  it('shows what it could read of the first stretch', async () => {
    const { ask } = world([recordAt(NOW - 2 * SECOND, 'a'), recordAt(NOW - SECOND, 'b')], {
      lastAt: NOW - SECOND,
      isTooMuch: () => true,
    });

    expect(await ask()).toMatchObject({ complete: false, events: [{ event: { messageId: 'a' } }] });
  });

  it('shows as many as are asked for, and which of them came out of quarantine', async () => {
    const { ask } = world([{ ...recordAt(NOW - SECOND, 'a', 'b', 'c', 'd'), redrive: true }], {
      lastAt: NOW - SECOND,
    });

    const { events } = await ask(2);

    expect(events.map(({ event, redriven }) => [event.messageId, redriven])).toEqual([
      ['d', true],
      ['c', true],
    ]);
  });
});
