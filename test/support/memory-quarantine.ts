import type { FailedRecord, FailedRecords } from '#functions/adapters/s3/failed-records.ts';
import type { Quarantine } from '#functions/adapters/s3/quarantine.ts';
import type { QuarantineStore } from '#functions/adapters/s3/quarantine-store.ts';
import type { QuarantineEntry } from '#shared/events/quarantine-entry.ts';

/** A page of sorted keys. */
function page(keys: Iterable<string>, { after = '', limit }: { after?: string | undefined; limit: number }) {
  const rest = [...keys].sort().filter((key) => key > after);
  const some = rest.slice(0, limit);
  return { keys: some, next: rest.length > limit ? some.at(-1) : undefined };
}

/** Quarantine in memory. */
export function memoryQuarantine(): Quarantine & QuarantineStore & { readonly keys: () => string[] } {
  const objects = new Map<string, readonly QuarantineEntry[]>();
  return {
    async keep({ source, id, entries }) {
      const [first] = entries;
      if (first === undefined) return;
      const day = new Date(first.receivedAt).toISOString().slice(0, 10);
      const kept = entries.map((entry, n) => ({ n, source, ...entry }));
      objects.set(`quarantine/dt=${day}/${source}/${id}.jsonl`, kept);
    },
    async list({ day, source, ...rest }) {
      const prefix = `quarantine/dt=${day}/${source === undefined ? '' : `${source}/`}`;
      return page(
        [...objects.keys()].filter((key) => key.startsWith(prefix)),
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
      const { keys, next } = page(batches.keys(), query);
      return { objects: keys.map((key) => ({ key, at: 0, bytes: 1 })), next };
    },
    read: async (key) => batches.get(key),
    remove: async (key) => void batches.delete(key),
    batches,
  };
}
