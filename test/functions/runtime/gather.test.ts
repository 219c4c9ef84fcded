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

  it('fails for everybody who waited, and is usable again', async () => {
    let failing = true;
    const call = gather(async (items: readonly string[]) => {
      if (failing) throw new Error('unavailable');
      return items.length;
    });

    const results = await Promise.allSettled([call(['a']), call(['b'])]);
    failing = false;

    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(call(['c'])).resolves.toBe(1);
  });
});
