import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { gather } from '#functions/runtime/gather.ts';

function counted() {
  const calls: (readonly number[])[] = [];
  const double = gather(async (items: readonly number[]) => {
    calls.push([...items]);
    await turn();
    return items.map((item) => item * 2);
  });
  return { calls, double };
}

describe('gather', () => {
  it('makes one call of those of one turn, and gives each the whole result', async () => {
    const { calls, double } = counted();

    const results = await Promise.all([double([1]), double([2, 3])]);

    expect(calls).toEqual([[1, 2, 3]]);
    expect(results).toEqual([
      [2, 4, 6],
      [2, 4, 6],
    ]);
  });

  it('makes another call of what comes after, though the first is still under way', async () => {
    const { calls, double } = counted();

    const first = double([1]);
    await turn();
    await Promise.all([first, double([2])]);

    expect(calls).toEqual([[1], [2]]);
  });

  it('lets nobody fail for what another asked', async () => {
    const call = gather(async (items: readonly string[]) => {
      if (items.includes('poison')) throw new TypeError('no store takes this');
      return items.length;
    });

    const results = await Promise.allSettled([call(['a']), call(['poison']), call(['b', 'c'])]);

    expect(results).toMatchObject([
      { status: 'fulfilled', value: 1 },
      { status: 'rejected' },
      { status: 'fulfilled', value: 2 },
    ]);
  });

  it('is usable again after a failure', async () => {
    let failing = true;
    const call = gather(async (items: readonly string[]) => {
      if (failing) throw new Error('unavailable');
      return items.length;
    });

    await expect(call(['a'])).rejects.toThrow('unavailable');
    failing = false;

    await expect(call(['c'])).resolves.toBe(1);
  });
});
