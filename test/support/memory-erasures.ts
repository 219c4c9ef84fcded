import type { Pid } from '#shared/events/event.ts';
import type { Person, Transitions } from '#shared/profiles/activity.ts';
import {
  type Erasure,
  type ErasureRepository,
  type ItemKind,
  nothingRemoved,
} from '#shared/profiles/erasure-repository.ts';

/** What lies under a pid, in one of the places where something may. */
export interface MemoryItems {
  readonly kind: ItemKind;
  readonly under: (pid: Pid) => readonly string[];
  readonly remove: (key: string) => void;
}

/** The entries of a map or a set that begin with a pid. */
export const keyedByPid = (
  kind: ItemKind,
  items: { readonly keys: () => Iterable<string>; readonly delete: (key: string) => boolean },
): MemoryItems => ({
  kind,
  under: (pid) => [...items.keys()].filter((key) => key.startsWith(`${pid} `)),
  remove: (key) => void items.delete(key),
});

/** Erasures in memory. */
export function memoryErasures({
  bury,
  survivorOf,
  items,
}: {
  /** Puts a tombstone in somebody's place, where they are of the version that was read. */
  readonly bury: (person: Person, at: number, transitions: Transitions | undefined) => boolean;
  /** Merges followed. */
  readonly survivorOf: (pid: Pid) => Pid;
  readonly items: readonly MemoryItems[];
}): ErasureRepository {
  const notes = new Map<Pid, Erasure>();
  return {
    async begin({ person, transitions, erasure }) {
      if (!bury(person, erasure.at, transitions)) return 'conflict';
      notes.set(person.pid, erasure);
      return 'begun';
    },
    find: async (pid) => notes.get(survivorOf(pid)),
    async sweep(pids, limit) {
      const removed = nothingRemoved();
      const all = [...new Set(pids)].flatMap((pid) =>
        items.flatMap(({ kind, under, remove }) => under(pid).map((key) => ({ kind, key, remove }))),
      );
      for (const { kind, key, remove } of all.slice(0, limit)) {
        remove(key);
        removed[kind] += 1;
      }
      return { removed, hasMore: all.length > limit };
    },
    async finish(pid) {
      notes.delete(pid);
    },
  };
}
