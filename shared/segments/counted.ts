import type { Aggregate } from '#shared/computed/aggregate.ts';
import type { AggregateRef } from '#shared/computed/computed-rules.ts';
import { type AggregateReading, expiries, readAggregate } from '#shared/computed/read-aggregate.ts';
import type { EpochMs } from '#shared/events/event.ts';
import { ownReader } from '#shared/kernel/own.ts';
import type { Truth } from '#shared/kernel/truth.ts';
import type { EventCount, Person } from '#shared/profiles/activity.ts';
import type { Context, Field, Leaf, Next } from './leaf.ts';

/** What all leaves have that look at what is counted. */
export function countedOf(refs: readonly AggregateRef[]): Pick<Leaf, 'reads' | 'countedSince'> {
  const since = Math.max(...refs.map((ref) => ref.since));
  return { reads: refs.flatMap(fieldsOf), ...(since > 0 && { countedSince: since }) };
}

function fieldsOf({ key, aggregate }: AggregateRef): readonly Field[] {
  if (key !== undefined) return [{ of: 'computed', name: key }];
  return [
    { of: 'events', name: aggregate.event },
    { of: 'otherEvents', name: '' },
  ];
}

/**
 * Makes the leaf of a condition that looks at aggregates. Those of a definition that is not stored are
 * not counted, so that nothing is known of them.
 */
export function leafOn(
  aggregates: readonly Aggregate[],
  { computed }: Pick<Context, 'computed'>,
  make: (...refs: readonly AggregateRef[]) => Leaf,
): Leaf {
  const refs = aggregates.flatMap((aggregate) => computed.find(aggregate) ?? []);
  return refs.length === aggregates.length ? make(...refs) : UNCOUNTED;
}

export const UNCOUNTED: Leaf = { test: () => undefined, saw: () => null, reads: [] };

/** A leaf that asks one aggregate what it has come to. */
export function readingLeaf(
  ref: AggregateRef,
  {
    truthOf,
    sawOf,
  }: {
    readonly truthOf: (reading: AggregateReading) => Truth;
    readonly sawOf: (reading: AggregateReading) => unknown;
  },
): Leaf {
  const test = ({ activity }: Person, now: EpochMs): Truth => truthOf(readAggregate(activity, ref, now));
  return {
    test,
    ...(ref.aggregate.window !== undefined && { next: nextOfWindow(ref, test) }),
    saw: ({ activity }, now) => sawOf(readAggregate(activity, ref, now)),
    ...countedOf([ref]),
  };
}

/** The first time something leaves the window that makes another answer, which mostly is not the first that leaves. */
function nextOfWindow(ref: AggregateRef, test: Leaf['test']): Next {
  return (person, now) => {
    const truth = test(person, now);
    return expiries(person.activity, ref).find((at) => at > now && test(person, at) !== truth);
  };
}

/** The last few times, latest first; `undefined` where it is not known. */
export type TimesReader = (person: Person, now: EpochMs) => readonly EpochMs[] | undefined;

export function timesReader(ref: AggregateRef): TimesReader {
  return ({ activity }, now) => {
    const { value, overflow } = readAggregate(activity, ref, now);
    return overflow === undefined && Array.isArray(value) ? value : undefined;
  };
}

/** A time at which something happened: `never` where it did not, `undefined` where it is not known. */
export type TimeReader = (person: Person, now: EpochMs) => EpochMs | undefined;

/** Reads the first or the last time, whichever the aggregate keeps. */
export function timeReader(ref: AggregateRef, never: number): TimeReader {
  if (ref.key === undefined) return timeOfName(ref.aggregate, never);
  return ({ activity }, now) => {
    const { value, overflow } = readAggregate(activity, ref, now);
    const at: unknown = Array.isArray(value) ? value[0] : value;
    if (typeof at === 'number') return at;
    return overflow === undefined ? never : undefined;
  };
}

/** The same of all events of a name, of which more people are asked than of anything else. */
function timeOfName({ event, function: name }: Aggregate, never: number): TimeReader {
  const read = ownReader<EventCount>(event);
  const isFirst = name === 'firstTime';
  return ({ activity }) => {
    const known = read(activity.events);
    if (known === undefined) return activity.otherEvents > 0 ? undefined : never;
    return isFirst ? known.first : known.last;
  };
}

/** What {@link isMissedOf} looks at. */
export const MISSED_BY: Field = { of: 'firstSeenAt', name: '' };

/** Whether somebody may have done something before it was counted. */
export const isMissedOf = ({ activity }: Person, { since }: AggregateRef): boolean =>
  activity.firstSeenAt < since;

/** A time as it is shown; `null` where there is none. */
export const shownTime = (at: EpochMs | undefined): string | null =>
  at === undefined || !Number.isFinite(at) ? null : new Date(at).toISOString();
