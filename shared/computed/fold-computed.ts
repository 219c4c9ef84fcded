import { own } from '#shared/kernel/own.ts';
import type { ComputedRules, CountedRef } from './computed-rules.ts';
import type { ComputedState, ComputedStates, PartsOf } from './computed-state.ts';
import type { CountedEvent } from './filter.ts';

/** The states of a person with an event, by the aggregates that an event of its name may count for. */
export function foldComputed(
  states: ComputedStates,
  event: CountedEvent,
  wanted: readonly CountedRef[],
): ComputedStates {
  let next = states;
  for (const { key, counter } of wanted) {
    const before = own(states, key);
    const after = counter.add(before, event);
    if (after !== undefined && after !== before) next = { ...next, [key]: after };
  }
  return next;
}

/** What {@link pruneComputed} asks. */
export interface PruneOptions {
  readonly computed: ComputedRules;
  readonly lastSeenAt: number;
}

/**
 * The states without those that no definition asks for any more, and without what had left its window
 * when the person was last seen.
 */
export function pruneComputed(
  states: ComputedStates,
  { computed, lastSeenAt }: PruneOptions,
): ComputedStates {
  let next: Record<string, ComputedState> | undefined;
  for (const key in states) {
    const before = states[key] ?? [];
    const after = computed.byKey.get(key)?.counter.prune(before, lastSeenAt) ?? [];
    if (after === before) continue;
    next ??= { ...states };
    if (after.length === 0) delete next[key];
    else next[key] = after;
  }
  return next ?? states;
}

/** The states of two people made one: what is counted of both, since each event is of one of them. */
export function mergeComputed(a: ComputedStates, b: ComputedStates, options: PruneOptions): ComputedStates {
  const merged: Record<string, ComputedState> = { ...a };
  for (const [key, theirs] of Object.entries(b)) {
    const ours = own(a, key);
    const ref = options.computed.byKey.get(key);
    if (ref !== undefined) merged[key] = ours === undefined ? theirs : ref.counter.join(ours, theirs);
  }
  return pruneComputed(merged, options);
}

/** What each of those whom somebody is made of has kept. */
export interface ComputedParts extends PartsOf<ComputedStates> {
  readonly now: ComputedStates;
  readonly loser: ComputedStates;
  /** When they were last seen, as they are now. */
  readonly lastSeenAt: number;
}

/**
 * The states of somebody without one whom they had absorbed: counts and sums are exact, of what is first,
 * last, least or greatest gives way what the other brought.
 */
export function separateComputed(
  { now, mixed, pure, loser, gone, lastSeenAt }: ComputedParts,
  computed: ComputedRules,
): ComputedStates {
  const all = [...mixed, ...pure].flatMap((states) => Object.keys(states));
  const entries = [...new Set(all)].flatMap((key) => {
    const counter = computed.byKey.get(key)?.counter;
    if (counter === undefined) return [];
    const of = (states: ComputedStates): readonly ComputedState[] => {
      const state = own(states, key);
      return state === undefined ? [] : [state];
    };
    const parts = {
      now: own(now, key),
      mixed: mixed.flatMap(of),
      pure: pure.flatMap(of),
      loser: own(loser, key),
      gone: gone.flatMap(of),
      lastSeenAt,
    };
    const state = counter.separate(parts);
    return state.length === 0 ? [] : [[key, state] as const];
  });
  return Object.fromEntries(entries);
}
