import type { EpochMs } from '#shared/events/event.ts';
import { own } from '#shared/kernel/own.ts';
import type { AggregateRef } from './computed-rules.ts';
import type { ComputedStates, Reading } from './computed-state.ts';

/** What is kept of a person's events. */
export interface CountedActivity {
  readonly events: Readonly<
    Record<string, { readonly count: number; readonly first: EpochMs; readonly last: EpochMs }>
  >;
  /** Of names that are not counted one by one. */
  readonly otherEvents: number;
  readonly computed: ComputedStates;
}

/** What an aggregate has come to for a person, and since when it was counted. */
export interface AggregateReading extends Reading {
  /** What happened before is not in it; 0 where everything is. */
  readonly countedSince: EpochMs;
}

/**
 * Reads an aggregate of a person as of now. No value: of the first, last, least or greatest of nothing, of
 * an average of nothing, and, with `overflow`, of an event whose name is beyond those that are counted.
 */
export function readAggregate(activity: CountedActivity, ref: AggregateRef, now: EpochMs): AggregateReading {
  const { key, since, counter } = ref;
  const reading =
    key === undefined ? readEvents(activity, ref) : counter.read(own(activity.computed, key), now);
  return { ...reading, countedSince: since };
}

/** When something of an aggregate leaves its window, ascending: between these, time alone changes nothing. */
export function expiries(
  { computed }: Pick<CountedActivity, 'computed'>,
  { key, counter }: AggregateRef,
): readonly EpochMs[] {
  const state = key === undefined ? undefined : own(computed, key);
  return state === undefined ? [] : counter.expiries(state);
}

function readEvents({ events, otherEvents }: CountedActivity, { aggregate }: AggregateRef): Reading {
  const counted = own(events, aggregate.event);
  if (counted === undefined && otherEvents > 0) return { overflow: true };
  if (aggregate.function === 'count') return { value: counted?.count ?? 0 };
  if (aggregate.function === 'firstTime') return counted === undefined ? {} : { value: counted.first };
  return { value: counted === undefined ? [] : [counted.last] };
}
