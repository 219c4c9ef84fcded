import type { FailedRecord, FailedRecords } from '#functions/adapters/s3/failed-records.ts';
import { objectsOf, type Quarantine } from '#functions/adapters/s3/quarantine.ts';
import { readQuarantineKey } from '#functions/adapters/s3/quarantine-key.ts';
import type { QuarantineStore } from '#functions/adapters/s3/quarantine-store.ts';
import type { QuarantineEntry } from '#shared/events/quarantine-entry.ts';

/** A page of keys in their order. */
function page(keys: readonly string[], { after, limit }: { after?: string | undefined; limit: number }) {
  const rest = keys.slice(after === undefined ? 0 : keys.indexOf(after) + 1);
  const some = rest.slice(0, limit);
  return { keys: some, next: rest.length > limit ? some.at(-1) : undefined };
}

/** Quarantine in memory. */
export function memoryQuarantine(): Quarantine & QuarantineStore & { readonly keys: () => string[] } {
  const objects = new Map<string, readonly QuarantineEntry[]>();
  return {
    async keep(batch) {
      const fresh = objectsOf(batch).filter(({ key }) => !objects.has(key));
      for (const { key, entries } of fresh) objects.set(key, entries);
      return fresh.length > 0;
    },
    async list({ from, to, source, ...rest }) {
      const chosen = [...objects.keys()].sort().filter((key) => {
        const place = readQuarantineKey(key);
        const isIn = place !== undefined && place.receivedAt >= from && place.receivedAt <= to;
        return isIn && (source === undefined || place.source === source);
      });
      const days = Map.groupBy(chosen, (key) => key.split('/')[1] ?? '');
      return page(
        [...days].toSorted(([a], [b]) => (a < b ? 1 : -1)).flatMap(([, keys]) => keys),
        rest,
      );
    },
    read: async (key) => objects.get(key) ?? [],
    async replace(key, entries) {
      if (entries.length === 0) objects.delete(key);
      else objects.set(key, entries);
    },
    keys: () => [...objects.keys()],
  };
}

/** Batches that a mapping gave up on, in memory. */
export function memoryFailed(): FailedRecords & { readonly batches: Map<string, readonly FailedRecord[]> } {
  const batches = new Map<string, readonly FailedRecord[]>();
  return {
    async list(query) {
      const { keys, next } = page([...batches.keys()].sort(), query);
      return { objects: keys.map((key) => ({ key, at: 0, bytes: 1 })), next };
    },
    read: async (key) => batches.get(key),
    remove: async (key) => void batches.delete(key),
    batches,
  };
}
