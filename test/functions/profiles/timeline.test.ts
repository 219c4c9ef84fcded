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

  const throttled = Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
  const failing = async () => Promise.reject(throttled);
  const told = ({ timeline }: ReturnType<typeof applying>) =>
    [...timeline.values()].map(({ pid, events }) => [pid, ...events.map(({ messageId }) => messageId)]);

  it('holds of nobody what turned out to be another’s while it was written', async () => {
    const there = applying();
    await there.apply(there.record([{ anonymousId: 'a', messageId: 'm1' }]));
    let meanwhile = async () => {
      meanwhile = async () => {};
      const ada = there.record([{ userId: 'ada', anonymousId: 'a', messageId: 'm2' }]);
      await there.apply({ ...ada, partitionKey: 'other' });
    };
    const write: typeof there.people.write = async (change) => {
      await meanwhile();
      return there.people.write(change);
    };

    await there.apply(there.record([{ userId: 'bob', anonymousId: 'a', messageId: 'm3' }]), {
      people: { ...there.people, write },
    });

    const [ada, bob] = ['userId#ada', 'userId#bob'].map((key) => there.ownerOf(key)?.pid);
    expect(told(there)).toEqual([
      [ada, 'm2'],
      [bob, 'm3'],
    ]);
  });

  it.each([{ next: [] }, { next: [{ messageId: 'later' }] }])(
    'is mended when its record comes again, where it was not written after the person: next $next',
    async ({ next }) => {
      const there = applying();
      const record = there.record([
        { userId: 'ada', messageId: 'm1' },
        { userId: 'ada', messageId: 'm2' },
      ]);
      const lost = there.apply(record, { people: { ...there.people, keepTimeline: failing } });
      await expect(lost).rejects.toThrow(throttled);
      for (const said of next) {
        await there.apply({ ...there.record([{ userId: 'ada', ...said }]), partitionKey: 'other' });
      }

      const counts = await there.apply(record);

      expect(counts).toMatchObject({ applied: 0, duplicates: 2 });
      expect(told(there).map(([, ...messages]) => messages)).toEqual([
        ...next.map(({ messageId }) => [messageId]),
        ['m1', 'm2'],
      ]);
      await there.apply(record, { people: { ...there.people, keepTimeline: failing } });
    },
  );

  it('is not written for a message that is sent again', async () => {
    const there = applying();
    const said = [{ userId: 'ada', messageId: 'm1' }];
    await there.apply(there.record(said));

    await there.apply(there.record(said), { people: { ...there.people, keepTimeline: failing } });

    expect(told(there).map(([, ...messages]) => messages)).toEqual([['m1']]);
  });

  it('is not asked for of whom none is kept', async () => {
    const there = applying();
    const record = there.record([{ anonymousId: 'a', messageId: 'm1' }]);
    await there.apply(record);

    const counts = await there.apply(record, { people: { ...there.people, findTold: failing } });

    expect(counts).toMatchObject({ applied: 0, duplicates: 1 });
  });
});
