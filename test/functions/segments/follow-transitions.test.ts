import { beforeEach, describe, expect, it } from 'vitest';
import { followTransitions, TransitionWrite } from '#functions/segments/follow-transitions.ts';
import type { Announcement } from '#shared/segments/announcement.ts';
import { type MemoryAudienceRows, memoryAudienceRows } from '#test/support/memory-audience-rows.ts';

let rows: MemoryAudienceRows;
let told: Announcement[];
beforeEach(() => {
  rows = memoryAudienceRows();
  told = [];
});

const follow = (pid: string, n: number, out: Partial<TransitionWrite['out']>, mergedInto?: string) =>
  followTransitions(
    TransitionWrite.parse({
      pid,
      sk: '!activity',
      out: { n, at: 100 + n, entered: [], exited: [], moved: [], ...out },
      ...(mergedInto !== undefined && { mergedInto }),
    }),
    { rows, announcer: { announce: async (news) => void told.push(...news) } },
  );

describe('followTransitions', () => {
  it('keeps the rows and tells who entered and who left', async () => {
    await follow('ada', 1, { entered: ['new', 'buyers'] });
    await follow('ada', 2, { exited: ['new'] });

    expect(rows.members('buyers')).toEqual(['ada']);
    expect(rows.members('new')).toEqual([]);
    expect(told).toEqual([
      { kind: 'Segment Entered', id: 'ada#1#new', pid: 'ada', segment: 'new', at: 101 },
      { kind: 'Segment Entered', id: 'ada#1#buyers', pid: 'ada', segment: 'buyers', at: 101 },
      { kind: 'Segment Exited', id: 'ada#2#new', pid: 'ada', segment: 'new', at: 102 },
    ]);
  });

  it('moves rows in a merge and tells only what is net', async () => {
    await follow('loser', 1, { entered: ['buyers', 'new'] });
    told = [];

    await follow('loser', 2, { moved: ['buyers', 'new'] }, 'winner');
    await follow('winner', 5, { entered: ['vip'], exited: ['new'], moved: ['buyers'] });

    expect(rows.members('buyers')).toEqual(['winner']);
    expect(rows.members('new')).toEqual([]);
    expect(rows.members('vip')).toEqual(['winner']);
    expect(told.map(({ kind, segment }) => [kind, segment])).toEqual([
      ['Segment Entered', 'vip'],
      ['Segment Exited', 'new'],
    ]);
  });

  it('ends the same when a record comes again after a later one, and tells it under the same id', async () => {
    await follow('ada', 1, { entered: ['buyers'] });
    await follow('ada', 2, { exited: ['buyers'] });
    await follow('ada', 1, { entered: ['buyers'] });

    expect(rows.members('buyers')).toEqual([]);
    expect(told[2]).toEqual(told[0]);
  });

  it('tells nothing before the rows are written', async () => {
    const broken = { ...rows, enter: () => Promise.reject(new Error('throttled')) };
    const announcer = { announce: async (news: readonly Announcement[]) => void told.push(...news) };
    const write = TransitionWrite.parse({
      pid: 'ada',
      out: { n: 1, at: 1, entered: ['buyers'], exited: [], moved: [] },
    });

    await expect(followTransitions(write, { rows: broken, announcer })).rejects.toThrow('throttled');
    expect(told).toEqual([]);
  });
});
