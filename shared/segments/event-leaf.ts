import type { EpochMs } from '#shared/events/event.ts';
import { ownReader } from '#shared/kernel/own.ts';
import type { Activity, EventCount, Person } from '#shared/profiles/activity.ts';
import type { EventTest } from './condition.ts';
import { durationMs } from './duration.ts';
import type { Field, Leaf } from './leaf.ts';
import { isNever, type Times, timesOf } from './times.ts';

/** Makes the test of an event a leaf. */
export function eventLeaf(test: EventTest): Leaf {
  const times = timesOf(test);
  if (test.within === undefined) return countLeaf(test.name, times);
  return withinLeaf(test.name, { withinMs: durationMs(test.within), absent: isNever(times) });
}

/** How often, over all time. */
function countLeaf(name: string, { least, most }: Times): Leaf {
  const read = ownReader<EventCount>(name);
  return {
    test({ activity }) {
      const known = read(activity.events);
      if (known === undefined && activity.otherEvents > 0) return undefined;
      const count = known === undefined ? 0 : known.count;
      return count >= least && count <= most;
    },
    saw: ({ activity }) => seen(read(activity.events), activity),
    reads: fieldsOf(name),
  };
}

/** At least once, or never, by the exact time of the last. */
function withinLeaf(
  name: string,
  { withinMs, absent }: { readonly withinMs: number; readonly absent: boolean },
): Leaf {
  const read = ownReader<EventCount>(name);
  const end = ({ activity }: Person): EpochMs | undefined => {
    const known = read(activity.events);
    return known && known.last + withinMs;
  };
  return {
    test(person, now) {
      const until = end(person);
      if (until === undefined) return person.activity.otherEvents > 0 ? undefined : absent;
      return now < until !== absent;
    },
    next(person, now) {
      const until = end(person);
      return until !== undefined && until > now ? until : undefined;
    },
    saw: ({ activity }) => seen(read(activity.events), activity),
    reads: fieldsOf(name),
  };
}

/** An event that is beyond those counted by name may have happened, or not. */
function seen(known: EventCount | undefined, { otherEvents }: Activity): unknown {
  if (known === undefined) return otherEvents > 0 ? null : { count: 0 };
  const { count, first, last } = known;
  return { count, first: isoTime(first), last: isoTime(last) };
}

const isoTime = (at: EpochMs): string => new Date(at).toISOString();

const fieldsOf = (name: string): readonly Field[] => [
  { of: 'events', name },
  { of: 'otherEvents', name: '' },
];
