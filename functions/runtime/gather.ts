import { setImmediate as turn } from 'node:timers/promises';

/**
 * Makes one call of those made in the same turn of the event loop: handlers of several keys that wait
 * for each other's reads go on together, so that what they ask for next is one request as well.
 *
 * Each caller gets the result of the whole. When that fails, each asks for its own alone: the fault may be
 * another's, and one that no attempt mends is held against whoever gets it.
 */
export function gather<Item, Result>(
  run: (items: readonly Item[]) => Promise<Result>,
): (items: readonly Item[]) => Promise<Result> {
  let open: { readonly items: Item[]; readonly result: Promise<Result>; callers: number } | undefined;

  function begin() {
    const items: Item[] = [];
    const result = turn().then(() => {
      open = undefined;
      return run(items);
    });
    return { items, result, callers: 0 };
  }

  return async function gathered(items) {
    open ??= begin();
    const whole = open;
    whole.callers += 1;
    for (const item of items) whole.items.push(item);
    try {
      return await whole.result;
    } catch (fault) {
      if (whole.callers === 1) throw fault;
      return run(items);
    }
  };
}
