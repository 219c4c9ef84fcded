import { setImmediate as turn } from 'node:timers/promises';

/**
 * Makes one call of those made in the same turn of the event loop: handlers of several keys that wait
 * for each other's reads go on together, so that what they ask for next is one request as well.
 *
 * Each caller gets the result of the whole, or its fault.
 */
export function gather<Item, Result>(
  run: (items: readonly Item[]) => Promise<Result>,
): (items: readonly Item[]) => Promise<Result> {
  let open: { readonly items: Item[]; readonly result: Promise<Result> } | undefined;

  function begin() {
    const items: Item[] = [];
    const result = turn().then(() => {
      open = undefined;
      return run(items);
    });
    return { items, result };
  }

  return function gathered(items) {
    open ??= begin();
    for (const item of items) open.items.push(item);
    return open.result;
  };
}
