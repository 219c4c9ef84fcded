import { describe, expect, it } from 'vitest';
import type { Activity, SeenId } from '#shared/profiles/activity.ts';
import { addSeen, placesToLook, SEEN_LIMIT } from '#shared/profiles/seen.ts';

const ids = (from: number, to: number): SeenId[] =>
  Array.from({ length: to - from }, (_, n) => [from + n, `m${from + n}`]);
const knowing = (from: number, to: number, lowWater?: SeenId): Activity['seen'] => ({
  ids: ids(from, to),
  ...(lowWater !== undefined && { lowWater }),
});

describe('addSeen', () => {
  it('keeps as many as there is room for', () => {
    expect(addSeen(knowing(0, SEEN_LIMIT - 1), ids(SEEN_LIMIT - 1, SEEN_LIMIT))).toEqual({
      seen: knowing(0, SEEN_LIMIT),
      spill: [],
    });
  });

  it('spills all but the last few of more, and looks for none below in the item again', () => {
    const { seen, spill } = addSeen(knowing(0, SEEN_LIMIT), ids(SEEN_LIMIT, SEEN_LIMIT + 1));

    expect(seen.ids).toEqual(ids(SEEN_LIMIT - 7, SEEN_LIMIT + 1));
    expect(spill).toEqual(ids(0, SEEN_LIMIT - 7));
    expect(seen.lowWater).toEqual(spill.at(-1));
  });

  it('keeps what this very write applies, however old', () => {
    const { seen, spill } = addSeen(knowing(10, 10 + SEEN_LIMIT), ids(0, 2));

    expect(seen.ids.slice(0, 2)).toEqual(ids(0, 2));
    expect(spill).toEqual(ids(10, 10 + SEEN_LIMIT - 8));
  });

  it('spills nothing of two who know few, and goes by the higher low water', () => {
    const joined = addSeen(knowing(0, 3, [9, 'z']), [], knowing(2, 6, [5, 'm']));

    expect(joined).toEqual({ seen: knowing(0, 6, [9, 'z']), spill: [] });
    expect(addSeen(knowing(0, 3), [], knowing(3, 4))).toStrictEqual({ seen: knowing(0, 4), spill: [] });
    expect(addSeen(knowing(0, 12), [], knowing(12, SEEN_LIMIT))).toEqual({
      seen: knowing(0, SEEN_LIMIT),
      spill: [],
    });
  });

  it('spills of two who know many all but the last few of both', () => {
    const { seen, spill } = addSeen(knowing(0, 12), [], knowing(12, SEEN_LIMIT + 1));

    expect([spill, seen.ids]).toEqual([ids(0, SEEN_LIMIT - 7), ids(SEEN_LIMIT - 7, SEEN_LIMIT + 1)]);
  });

  it('knows each id once, in one order', () => {
    const mixed: SeenId[] = [
      [3, 'm3'],
      [1, 'm1'],
      [2, 'm2'],
    ];

    expect(addSeen(knowing(0, 3), mixed).seen.ids).toEqual(ids(0, 4));
    expect(addSeen({ ids: [] }, ids(0, 3).toReversed()).seen.ids).toEqual(ids(0, 3));
    expect(addSeen({ ids: [] }, [...ids(0, 1), ...ids(0, 1)]).seen.ids).toEqual(ids(0, 1));
    expect(
      addSeen({ ids: [] }, [
        [1, 'b'],
        [1, 'a'],
        [1, 'b'],
      ]).seen.ids,
    ).toEqual([
      [1, 'a'],
      [1, 'b'],
    ]);
  });
});

describe('placesToLook', () => {
  const lowWater: SeenId = [5, 'm5'];
  const place = (originalAt: number, id: string) => placesToLook(knowing(6, 9, lowWater), { id, originalAt });

  it('are in the spill for what is not above the low water', () => {
    expect([place(5, 'm6'), place(7, 'new')]).toEqual([[], []]);
    expect([place(5, 'm5'), place(5, 'm4'), place(4, 'z')]).toEqual([[[5, 'm5']], [[5, 'm4']], [[4, 'z']]]);
  });

  it('are none for what the item knows, and for who never spilled anything', () => {
    expect(place(1, 'm7')).toEqual([]);
    expect(placesToLook(knowing(6, 9), { id: 'x', originalAt: 0 })).toEqual([]);
  });
});
