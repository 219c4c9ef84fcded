import { describe, expect, it } from 'vitest';
import { applying } from '#test/support/applying.ts';

describe('the timeline', () => {
  it.each([
    { timeline: 'none', kept: [] },
    { timeline: 'known', kept: ['Bought', 'Named'] },
    { timeline: 'all', kept: ['Bought', 'Looked', 'Named'] },
  ] as const)(
    'keeps of $timeline what the setting says, and the last few events always',
    async ({ timeline, kept }) => {
      const there = applying();
      const send = (anonymousId: string, event: string, userId?: string) =>
        there.apply(
          there.record([{ anonymousId, event, messageId: event, ...(userId !== undefined && { userId }) }]),
          { timeline },
        );

      await send('x', 'Looked');
      await send('x', 'Named', 'ada');
      await send('x', 'Bought');
      await send('y', 'Looked elsewhere');

      const names = [...there.timeline.values()].flatMap(({ events }) => events.map(({ name }) => name));
      const theirs = names.filter((name) => name !== 'Looked elsewhere');
      expect(theirs.sort()).toEqual(kept);
      expect(names.includes('Looked elsewhere')).toBe(timeline === 'all');
      const recent = (key: string) =>
        there
          .ownerOf(key)
          ?.activity.recent.map(([, name]) => name)
          .sort();
      expect(recent('userId#ada')).toEqual(['Bought', 'Looked', 'Named']);
      expect(recent('anonymousId#y')).toEqual(['Looked elsewhere']);
    },
  );

  it('shows the last few events under the ids that they have in the timeline', async () => {
    const there = applying();
    for (let n = 0; n < 8; n++) {
      await there.apply(
        there.record([{ userId: 'ada', event: `e${n}`, messageId: `m${n}`, timestamp: 1000 + n }]),
      );
    }

    const { recent = [] } = there.ownerOf('userId#ada')?.activity ?? {};

    expect(recent.map(([at, name]) => [at, name])).toEqual([7, 6, 5, 4, 3].map((n) => [1000 + n, `e${n}`]));
    expect(new Set(recent.map(([, , id]) => id)).size).toBe(5);
  });
});
