/**
 * Runs `work` over all items, at most `limit` at once. The first failure is thrown after the work
 * under way has ended, and no more is begun.
 */
export async function forEachConcurrently<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  let failed = false;
  const runs = Array.from({ length: Math.min(limit, items.length) }, async () => {
    for (const item of queue) {
      if (failed) return;
      await work(item).catch((fault) => {
        failed = true;
        throw fault;
      });
    }
  });
  const rejected = (await Promise.allSettled(runs)).find((run) => run.status === 'rejected');
  if (rejected !== undefined) throw rejected.reason;
}

/** What `work` makes of each item, in the order of the items; it runs and fails as in `forEachConcurrently`. */
export async function mapConcurrently<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const made: R[] = [];
  await forEachConcurrently([...items.entries()], limit, async ([at, item]) => {
    made[at] = await work(item);
  });
  return made;
}
