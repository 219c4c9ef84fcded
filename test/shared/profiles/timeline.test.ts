import { describe, expect, it } from 'vitest';
import { Pid } from '#shared/events/event.ts';
import { type TimelineChunk, TimelineEvent, timelineChunks } from '#shared/profiles/timeline.ts';
import { normalised, RECEIVED_AT } from '#test/support/events.ts';
import { newChunks } from '#test/support/timeline.ts';

const ada = Pid.parse('ada');

/** An event whose JSON has exactly so many characters. */
function eventOfLength(length: number, messageId: string) {
  const base = normalised({ messageId, properties: { text: '' } });
  const text = 'x'.repeat(length - JSON.stringify(base.collected).length);
  return normalised({ messageId, properties: { text } });
}

const chunksOf = (lengths: readonly number[]): readonly TimelineChunk[] =>
  newChunks(
    ada,
    '7',
    lengths.map((length, index) => ({ event: eventOfLength(length, `m${index}`), index })),
  );

const messagesOf = (chunks: readonly TimelineChunk[]) =>
  chunks.map(({ events }) => events.map(({ messageId }) => messageId));

describe('timelineChunks', () => {
  it('keeps the events of a record together, under the time of the earliest', () => {
    const events = [2_000, 1_000].map((timestamp, index) => ({
      event: normalised({ messageId: `m${index}`, timestamp, event: 'Viewed' }),
      index: index + 3,
    }));

    const viewed = { type: 'track', name: 'Viewed', source: 'web' };
    expect(newChunks(ada, '495', events)).toStrictEqual([
      {
        pid: ada,
        id: '1970-01-01T00:00:01.000Z#495-3',
        receivedAt: RECEIVED_AT,
        events: [
          { ...viewed, messageId: 'm0', timestamp: 2_000 },
          { ...viewed, messageId: 'm1', timestamp: 1_000 },
        ],
      },
    ]);
  });

  it('keeps what an event says of itself and of the person', () => {
    const said = { properties: { price: 5 }, traits: { city: 'Lyon' } };

    const [chunk] = newChunks(ada, '7', [{ event: normalised({ type: 'identify', ...said }), index: 0 }]);

    expect(chunk?.events).toEqual([
      { type: 'identify', name: 'identify', source: 'web', messageId: 'm1', timestamp: 1_000, ...said },
    ]);
    expect(chunk?.events.map((event) => TimelineEvent.parse(event))).toEqual(chunk?.events);
  });

  it.each([
    {
      said: 'the traits of an identify that says them in its context',
      event: { type: 'identify', traits: { city: 'Lyon' }, context: { traits: { city: 'Paris', age: 42 } } },
      keeps: { traits: { city: 'Lyon', age: 42 } },
    },
    {
      said: 'the group that a person joins, and not what a context says of the person besides',
      event: { type: 'group', groupId: 'club', traits: { name: 'Club' }, context: { traits: { age: 42 } } },
      keeps: { groupId: 'club', traits: { name: 'Club' } },
    },
    {
      said: 'who a person was before',
      event: { type: 'alias', previousId: 'visitor-1' },
      keeps: { previousId: 'visitor-1' },
    },
    {
      said: 'nothing of the kind of another call',
      event: { type: 'page', groupId: 'club', previousId: 'visitor-1' },
      keeps: {},
    },
    { said: 'a group call that names no group', event: { type: 'group' }, keeps: {} },
    { said: 'an alias call that names nobody', event: { type: 'alias' }, keeps: {} },
  ] as const)('keeps $said', ({ event, keeps }) => {
    const [chunk] = newChunks(ada, '7', [{ event: normalised(event), index: 0 }]);

    const { type } = event;
    const own = { type, name: type, source: 'web', messageId: 'm1', timestamp: 1_000 };
    expect(chunk?.events).toStrictEqual([{ ...own, ...keeps }]);
    expect(chunk?.events.map((kept) => TimelineEvent.parse(kept))).toEqual(chunk?.events);
  });

  it('breaks what is too long for one item, and leaves no event out', () => {
    const long = 50_000;

    expect(messagesOf(chunksOf([long, long, long, long, long]))).toEqual([
      ['m0', 'm1'],
      ['m2', 'm3'],
      ['m4'],
    ]);
    expect(new Set(chunksOf([long, long, long]).map(({ id }) => id)).size).toBe(2);
    expect(messagesOf(chunksOf([200_000, 200, 200_000]))).toEqual([['m0'], ['m1'], ['m2']]);
  });

  it('stays below what an item holds when each character takes three bytes', () => {
    const items = chunksOf([60_000, 60_000, 60_000, 60_000, 1_000]);

    expect(Math.max(...items.map(({ events }) => JSON.stringify(events).length * 3))).toBeLessThan(400_000);
    expect(messagesOf(items)).toEqual([['m0', 'm1'], ['m2', 'm3'], ['m4']]);
  });

  it('names a chunk by its first news, holds what came before beside it, and nothing without news', () => {
    const [first, second, third] = [50_000, 50_000, 50_000].map((length, index) => ({
      event: eventOfLength(length, `m${index}`),
      index,
    }));
    if (first === undefined || second === undefined || third === undefined) throw new TypeError('three');
    const chunks = (...news: readonly (typeof first)[]) =>
      timelineChunks(
        ada,
        { sequenceNumber: '7', at: 0 },
        { events: [first, second, third], news: new Set(news.map(({ event }) => event.id)) },
      ).map(({ id, events }) => [id.slice(-3), ...events.map(({ messageId }) => messageId)]);

    expect(chunks(first, third)).toEqual([
      ['7-0', 'm0', 'm1'],
      ['7-2', 'm2'],
    ]);
    expect(chunks(second)).toEqual([['7-1', 'm0', 'm1']]);
    expect(chunks()).toEqual([]);
  });
});

describe('TimelineEvent', () => {
  it.each(['type', 'name', 'timestamp', 'messageId', 'source'])('is not read without its %s', (field) => {
    const event = { type: 'track', name: 'Viewed', timestamp: 1, messageId: 'm', source: 'web' };

    expect(TimelineEvent.safeParse(event).success).toBe(true);
    expect(TimelineEvent.safeParse({ ...event, [field]: undefined }).success).toBe(false);
  });
});
