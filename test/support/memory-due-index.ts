import { spread } from '#functions/adapters/dynamodb/audience-shards.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { DUE_SHARDS, type DueIndex, type DuePlace } from '#shared/segments/due-index.ts';

const compare = (a: DuePlace, b: DuePlace): number =>
  a.dueAt - b.dueAt || (a.pid < b.pid ? -1 : Number(a.pid > b.pid));

/** The index as it follows from who is stored. */
export const memoryDueIndex = (everybody: () => readonly Person[]): DueIndex => ({
  async find({ shard, after = -1, behind, until, limit }) {
    const found = everybody()
      .flatMap(({ pid, activity: { dueAt } }) => (dueAt === undefined ? [] : [{ pid, dueAt }]))
      .filter(({ pid, dueAt }) => dueAt > after && dueAt <= until && spread(pid, DUE_SHARDS) === shard)
      .filter((place) => behind === undefined || compare(place, behind) > 0)
      .sort(compare);
    return { people: found.slice(0, limit), hasMore: found.length > limit };
  },
});
