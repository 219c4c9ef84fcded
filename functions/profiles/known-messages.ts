import type { Person } from '#shared/profiles/activity.ts';
import { spillersOf } from '#shared/profiles/kin.ts';
import type { PeopleRepository } from '#shared/profiles/people-repository.ts';
import type { BatchEvent } from '#shared/profiles/plan-batch.ts';
import { isSeen, placesToLook } from '#shared/profiles/seen.ts';

type Memory = Pick<PeopleRepository, 'findMany' | 'findSpilled' | 'findRedriven'>;

/** What is remembered of messages beside the person's own items. */
interface Known {
  /** Fingerprints of those that were applied. */
  readonly ids: ReadonlySet<string>;
  /** Fingerprints of those that are to be noted for ever, and are not yet. */
  readonly unnoted: readonly string[];
}

/**
 * Which messages were applied that the person's own items cannot tell of, to them or to whom they
 * were one with. The spills are asked only
 * about those older than what `!activity` remembers, notes only about redriven ones.
 */
export async function findKnown(
  person: Person,
  events: readonly BatchEvent[],
  people: Memory,
): Promise<Known> {
  const doubtful = events.flatMap(({ event }) => placesToLook(person.activity.seen, event));
  const redriven = [...new Set(events.flatMap(({ event, redriven }) => (redriven ? [event.id] : [])))];
  if (doubtful.length + redriven.length === 0) return NOTHING;
  const pids = await spillersOf(person, people);
  const [spilled, noted] = await Promise.all([
    doubtful.length === 0 ? new Set<string>() : people.findSpilled(pids, doubtful),
    redriven.length === 0 ? new Set<string>() : people.findRedriven(pids, redriven),
  ]);
  return { ids: spilled.union(noted), unnoted: redriven.filter((id) => !noted.has(id)) };
}

const NOTHING: Known = { ids: new Set(), unnoted: [] };

/** Whether any of these people is known to have an event already. */
export async function isApplied(
  people: readonly Person[],
  event: BatchEvent,
  memory: Memory,
): Promise<boolean> {
  for (const person of people) {
    if (isSeen(person.activity.seen, event.event.id)) return true;
    if ((await findKnown(person, [event], memory)).ids.size > 0) return true;
  }
  return false;
}
