import type { AggregateRef } from '#shared/computed/computed-rules.ts';
import type { EpochMs } from '#shared/events/event.ts';
import { assertUnreachable } from '#shared/kernel/assert-unreachable.ts';
import { ownReader } from '#shared/kernel/own.ts';
import type { EventCount } from '#shared/profiles/activity.ts';
import { countedOf, leafOn, readingLeaf, shownTime, type TimeReader, timeReader } from './counted.ts';
import { planEvent } from './event-plan.ts';
import type { EventTest } from './event-test.ts';
import type { Context, Leaf } from './leaf.ts';
import { isAmong, type Times } from './times.ts';

/** Makes the test of an event a leaf. */
export function eventLeaf(test: EventTest, context: Context): Leaf {
  const plan = planEvent(test, context.timeZone);
  return leafOn([plan.aggregate], context, (ref) => {
    switch (plan.kind) {
      case 'count':
        return ref.key === undefined ? nameCountLeaf(ref, plan.times) : countLeaf(ref, plan.times);
      case 'recent':
        return recentLeaf(ref, plan);
      case 'old':
        return oldLeaf(ref, plan);
      default:
        return assertUnreachable(plan);
    }
  });
}

/** How often those happened that count. */
const countLeaf = (ref: AggregateRef, times: Times): Leaf =>
  readingLeaf(ref, {
    truthOf: ({ value }) => (typeof value === 'number' ? isAmong(value, times) : undefined),
    sawOf: ({ value = null }) => ({ count: value }),
  });

/** How often all of a name happened, which is known of everybody, unless there are too many names. */
function nameCountLeaf(ref: AggregateRef, { least, most }: Times): Leaf {
  const read = ownReader<EventCount>(ref.aggregate.event);
  return {
    test({ activity }) {
      const known = read(activity.events);
      if (known === undefined && activity.otherEvents > 0) return undefined;
      const count = known === undefined ? 0 : known.count;
      return count >= least && count <= most;
    },
    saw: sawName(ref),
    ...countedOf([ref]),
  };
}

interface Age {
  readonly ms: number;
  /** Whether it is asked for that there is no such. */
  readonly absent: boolean;
}

/** Whether the time is not longer ago than that: until just before it is. */
function recentLeaf(ref: AggregateRef, { ms, absent }: Age): Leaf {
  const read = timeReader(ref, -Infinity);
  return {
    test(person, now) {
      const at = read(person, now);
      return at === undefined ? undefined : now < at + ms !== absent;
    },
    next(person, now) {
      const end = (read(person, now) ?? -Infinity) + ms;
      return end > now ? end : undefined;
    },
    saw: sawTime(ref, read),
    ...countedOf([ref]),
  };
}

/** Whether the time is longer ago than that: from just after it is. */
function oldLeaf(ref: AggregateRef, { ms, absent }: Age): Leaf {
  const read = timeReader(ref, Infinity);
  return {
    test(person, now) {
      const at = read(person, now);
      return at === undefined ? undefined : now > at + ms !== absent;
    },
    next(person, now) {
      const from: EpochMs = (read(person, now) ?? Infinity) + ms + 1;
      return from > now && from < Infinity ? from : undefined;
    },
    saw: sawTime(ref, read),
    ...countedOf([ref]),
  };
}

/** How often all of a name happened, and when; nothing where it is not known. */
function sawName({ aggregate }: AggregateRef): Leaf['saw'] {
  const read = ownReader<EventCount>(aggregate.event);
  return ({ activity }) => {
    const known = read(activity.events);
    if (known === undefined) return activity.otherEvents > 0 ? null : { count: 0 };
    return { count: known.count, first: shownTime(known.first), last: shownTime(known.last) };
  };
}

function sawTime(ref: AggregateRef, read: TimeReader): Leaf['saw'] {
  if (ref.key === undefined) return sawName(ref);
  const which = ref.aggregate.function === 'firstTime' ? 'first' : 'last';
  return (person, now) => {
    const at = shownTime(read(person, now));
    return at === null ? { count: 0 } : { [which]: at };
  };
}
