import { describe, expect, it } from 'vitest';
import { Pid } from '#shared/events/event.ts';
import { fingerprint } from '#shared/kernel/fingerprint.ts';
import type { SeenId } from '#shared/profiles/activity.ts';
import { findInSpills, NODE_IDS, type SpillNodes, spillInto } from '#shared/profiles/spill-tree.ts';
import { memorySpillNodes } from '#test/support/memory-spill-nodes.ts';

const pid = Pid.parse('ada');
const TIME = { until: 1_000, horizonMs: 500 };

const idsOf = (from: number, length: number): readonly SeenId[] =>
  Array.from({ length }, (_, n): SeenId => [0, fingerprint(`m${from + n}`)]);

/** Nodes that tell what they are asked. */
function watchedNodes() {
  const nodes = memorySpillNodes(() => 0);
  const read: string[] = [];
  const added: number[] = [];
  const closed: string[] = [];
  const watched: SpillNodes = {
    async readMany(places) {
      read.push(...places.map(({ path }) => path));
      return nodes.readMany(places);
    },
    async addMany(additions, until) {
      added.push(...additions.map(({ ids }) => ids.length));
      return nodes.addMany(additions, until);
    },
    async closeMany(places, until) {
      closed.push(...places.map(({ path }) => `${path} ${until}`));
      return nodes.closeMany(places, until);
    },
  };
  return { nodes, watched, read, added, closed };
}

describe('spillInto', () => {
  it('asks no node for more than it takes, and closes it at once', async () => {
    const { watched, added, closed } = watchedNodes();

    await spillInto(watched, { pid, ids: idsOf(0, NODE_IDS + 1) }, TIME);

    expect(Math.max(...added)).toBeLessThan(NODE_IDS);
    expect(added.reduce((sum, count) => sum + count, 0)).toBe(NODE_IDS + 1);
    expect(closed).toEqual(['0 1500']);
  });

  it('closes a node once, and again only to keep it for longer', async () => {
    const { watched, closed } = watchedNodes();
    await spillInto(watched, { pid, ids: idsOf(0, NODE_IDS) }, TIME);
    expect(closed).toEqual([]);

    await spillInto(watched, { pid, ids: idsOf(1_000, 1) }, TIME);
    expect(closed).toEqual(['0 1500']);

    await spillInto(watched, { pid, ids: idsOf(2_000, 1) }, TIME);
    await spillInto(watched, { pid, ids: idsOf(2_000, 1) }, { ...TIME, until: 1_500 });
    expect(closed).toEqual(['0 1500']);

    await spillInto(watched, { pid, ids: idsOf(2_000, 1) }, { ...TIME, until: 1_501 });
    expect(closed).toEqual(['0 1500', '0 2001']);
  });

  it('goes on below by a letter more, as deep as it must', async () => {
    const { nodes, watched } = watchedNodes();
    const alike = Array.from(
      { length: NODE_IDS + 1 },
      (_, n): SeenId => [0, `AB${String(n).padStart(9, '0')}`],
    );

    await spillInto(watched, { pid, ids: alike }, TIME);

    expect([...nodes.all()].map(([place, { isFull }]) => [place, isFull])).toEqual([
      ['ada 0', true],
      ['ada 0#A', true],
      ['ada 0#AB', true],
      ...[1, 2, 3, 4, 5, 6].map((zeros) => [`ada 0#AB${'0'.repeat(zeros)}`, true]),
      ...['0', '1', '2'].map((digit) => [`ada 0#AB000000${digit}`, false]),
    ]);
    expect((await findInSpills(nodes, [pid], alike)).size).toBe(NODE_IDS + 1);
  });
});

describe('findInSpills', () => {
  it('looks nowhere below a node that is open, or is not there', async () => {
    const { watched, read } = watchedNodes();
    await spillInto(watched, { pid, ids: idsOf(0, 3) }, TIME);

    const found = await findInSpills(watched, [pid], [...idsOf(0, 1), ...idsOf(9, 1), [3_600_000, 'other']]);

    expect(found).toEqual(new Set(idsOf(0, 1).map(([, id]) => id)));
    expect(read).toEqual(['0', '1']);
  });

  it('looks below a node that is full only for what it does not hold', async () => {
    const { watched, read } = watchedNodes();
    const first = idsOf(0, NODE_IDS);
    await spillInto(watched, { pid, ids: first }, TIME);
    await spillInto(watched, { pid, ids: idsOf(1_000, 1) }, TIME);

    expect((await findInSpills(watched, [pid], first)).size).toBe(NODE_IDS);
    expect(read).toEqual(['0']);
  });
});
