import { PutCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { timelineItem } from '#functions/adapters/dynamodb/person-items.ts';
import { dynamoTimelineReader } from '#functions/adapters/dynamodb/timeline-reader.ts';
import { Pid } from '#shared/events/event.ts';
import type { TimelineChunk } from '#shared/profiles/timeline.ts';
import { startDynamoDb, type TestDynamoDb } from '#test/support/dynamodb.ts';

let db: TestDynamoDb;
beforeAll(async () => {
  db = await startDynamoDb();
});
afterAll(() => db.close());

const chunk = (pid: string, at: number, messages: readonly string[]): TimelineChunk => ({
  pid: Pid.parse(pid),
  id: `${new Date(at).toISOString()}#record-${at}`,
  receivedAt: at,
  events: messages.map((messageId, n) => ({
    type: 'track',
    name: 'x',
    timestamp: at + n,
    messageId,
    source: 'shop',
    properties: { messageId },
  })),
});
const store = async (chunks: readonly TimelineChunk[]) => {
  for (const each of chunks) {
    await db.documents.send(new PutCommand({ TableName: 'people', Item: timelineItem(each, 30) }));
  }
};

async function readAll(pids: readonly string[], limit: number) {
  const reader = dynamoTimelineReader({ client: db.documents, tableName: 'people' });
  const pages: (readonly string[])[] = [];
  let before: string | undefined;
  do {
    const { events, next } = await reader.newest(
      pids.map((pid) => Pid.parse(pid)),
      { before, limit },
    );
    pages.push(events.map(({ messageId }) => messageId));
    before = next;
  } while (before !== undefined);
  return pages;
}

describe('dynamoTimelineReader', () => {
  it('reads nothing of a person without a timeline', async () => {
    expect(await readAll(['nobody'], 10)).toEqual([[]]);
  });

  it('reads the newest first, in whole chunks, each once', async () => {
    await store([chunk('ada', 1000, ['a', 'b']), chunk('ada', 2000, ['c', 'd']), chunk('ada', 3000, ['e'])]);

    expect(await readAll(['ada'], 2)).toEqual([
      ['e', 'd', 'c'],
      ['b', 'a'],
    ]);
  });

  it('counts once a message that two chunks of one record hold', async () => {
    const winner = chunk('winner', 1000, ['a', 'b']);
    await store([winner, { ...winner, pid: Pid.parse('loser'), events: winner.events.slice(1) }]);

    expect((await readAll(['winner', 'loser'], 1))[0]).toEqual(['b', 'a']);
  });

  it('reads whoever has absorbed hundreds, page by page', async () => {
    const pids = Array.from({ length: 150 }, (_, n) => `many${n}`);
    await store(pids.map((pid, n) => chunk(pid, 1_000_000 + n * 1000, [pid])));

    const pages = await readAll(pids, 40);

    expect(pages.flat()).toEqual(pids.toReversed());
    expect(pages.map(({ length }) => length)).toEqual([40, 40, 40, 30]);
  });

  it('loses and repeats nothing over several people and pages, whatever their chunks', async () => {
    let run = 0;
    const chunks = fc.array(fc.record({ who: fc.constantFrom('p', 'q', 'r'), at: fc.nat(40) }), {
      maxLength: 90,
    });

    await fc.assert(
      fc.asyncProperty(chunks, fc.integer({ min: 1, max: 60 }), async (described, limit) => {
        run += 1;
        const stored = new Map(
          described.map(({ who, at }) => [`${who}${at}`, chunk(`${who}${run}`, at * 1000, [`${who}${at}`])]),
        );
        await store([...stored.values()]);

        const pages = await readAll([`p${run}`, `q${run}`, `r${run}`], limit);

        expect(pages.flat().sort()).toEqual([...stored.keys()].sort());
        const times = pages.flat().map((id) => Number(id.slice(1)));
        expect(times).toEqual(times.toSorted((a, b) => b - a));
      }),
      { numRuns: 15 },
    );
  });
});
