import { limitOf } from '#shared/computed/aggregate.ts';
import type { AggregateRef } from '#shared/computed/computed-rules.ts';
import type { EpochMs } from '#shared/events/event.ts';
import { countedOf, isMissedOf, leafOn, MISSED_BY, shownTime, timeReader, timesReader } from './counted.ts';
import { durationMs } from './duration.ts';
import { planCompare, planReturned, planSequence } from './event-plan.ts';
import type { CompareTest, ReturnedTest, SequenceTest } from './event-test.ts';
import type { Context, Leaf } from './leaf.ts';

/** What came of the last time that the first event happened. */
export function sequenceLeaf(test: SequenceTest, context: Context): Leaf {
  const { first, second } = planSequence(test);
  const ms = durationMs(test.within);
  return leafOn([first], context, (a) => leafOn([second], context, (b) => sequenceOf(a, b, { ...test, ms })));
}

function sequenceOf(
  first: AggregateRef,
  second: AggregateRef,
  { ms, absent }: { readonly ms: number; readonly absent: boolean },
): Leaf {
  const readFirst = timeReader(first, -Infinity);
  const readSecond = timesReader(second);
  const limit = limitOf(second.aggregate);

  const isFollowed = (start: EpochMs, times: readonly EpochMs[] | undefined): boolean =>
    times?.some((at) => at >= start && at < start + ms) === true;

  /** What followed may have been pushed out by later ones, or have come before anybody counted. */
  function isLost(start: EpochMs, times: readonly EpochMs[] | undefined): boolean {
    if (times === undefined) return true;
    const earliest = times.at(-1) ?? -Infinity;
    return (times.length >= limit && earliest >= start + ms) || start < second.since;
  }

  return {
    test(person, now) {
      const start = readFirst(person, now);
      if (start === undefined || start === -Infinity) return start === undefined ? undefined : false;
      const times = readSecond(person, now);
      if (isFollowed(start, times)) return !absent;
      if (absent && now < start + ms) return false;
      return isLost(start, times) ? undefined : absent;
    },
    next(person, now) {
      const start = readFirst(person, now) ?? -Infinity;
      const isOpen = absent && now < start + ms && !isFollowed(start, readSecond(person, now));
      return isOpen ? start + ms : undefined;
    },
    saw: (person, now) => ({
      first: shownTime(readFirst(person, now)),
      second: (readSecond(person, now) ?? []).map(shownTime),
    }),
    ...countedOf([first, second]),
  };
}

/** Whether the last came long after the one before it. */
export function returnedLeaf(test: ReturnedTest, context: Context): Leaf {
  const ms = durationMs(test.after);
  return leafOn([planReturned(test)], context, (ref) => {
    const read = timesReader(ref);
    const counted = countedOf([ref]);
    return {
      test(person, now) {
        const [last, before] = read(person, now) ?? [undefined];
        if (last !== undefined && before !== undefined) return last - before >= ms;
        return read(person, now) === undefined || isMissedOf(person, ref) ? undefined : false;
      },
      saw: (person, now) => ({ times: (read(person, now) ?? []).map(shownTime) }),
      ...counted,
      reads: [...counted.reads, MISSED_BY],
    };
  });
}

/** Which of two came last. */
export function compareLeaf(test: CompareTest, context: Context): Leaf {
  const { last, other, isLater } = planCompare(test);
  return leafOn([last], context, (a) =>
    leafOn([other], context, (b) => {
      const [readLast, readOther] = [timeReader(a, Number.NaN), timeReader(b, Number.NaN)];
      return {
        test(person, now) {
          const [one, two] = [readLast(person, now) ?? Number.NaN, readOther(person, now) ?? Number.NaN];
          if (Number.isNaN(one) || Number.isNaN(two)) return undefined;
          return isLater ? one > two : one < two;
        },
        saw: (person, now) => ({
          last: shownTime(readLast(person, now)),
          other: shownTime(readOther(person, now)),
        }),
        ...countedOf([a, b]),
      };
    }),
  );
}
