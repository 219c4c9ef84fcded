import { expect, it } from 'vitest';
import { forEachConcurrently, mapConcurrently } from '#functions/runtime/concurrency.ts';

it('works on all items, never on more than the limit at once', async () => {
  const done: number[] = [];
  let running = 0;
  let most = 0;

  await forEachConcurrently([1, 2, 3, 4, 5], 2, async (item) => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    done.push(item);
  });

  expect(done.sort()).toEqual([1, 2, 3, 4, 5]);
  expect(most).toBe(2);
});

it('begins nothing after a failure, and throws it when the rest under way has ended', async () => {
  const begun: number[] = [];

  const work = forEachConcurrently([1, 2, 3, 4], 2, async (item) => {
    begun.push(item);
    if (item === 1) throw new Error('one');
    await new Promise((resolve) => setImmediate(resolve));
  });

  await expect(work).rejects.toThrow('one');
  expect(begun).toEqual([1, 2]);
});

it('gives what it made in the order of the items, whichever is done first', async () => {
  const made = await mapConcurrently([30, 1, 2], 3, async (ticks) => {
    for (let n = 0; n < ticks; n += 1) await new Promise((resolve) => setImmediate(resolve));
    return `${ticks}`;
  });

  expect(made).toEqual(['30', '1', '2']);
});
