import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Aggregate } from '#shared/computed/aggregate.ts';
import { compileCounter } from '#shared/computed/compile-counter.ts';
import type { ComputedState } from '#shared/computed/computed-state.ts';
import type { CountedEvent } from '#shared/computed/filter.ts';
import {
  aggregate,
  countedEvent,
  type Place,
  place,
  timeAround,
} from '#test/support/aggregate-arbitraries.ts';
import { naiveAggregate } from '#test/support/naive-aggregate.ts';

const history = (around: Place, maxLength = 12) => fc.array(countedEvent(around), { maxLength });

/** An aggregate somewhere, and what somebody did there. */
const life = fc.record({ aggregate, place }).chain(({ aggregate, place }) =>
  fc.record({
    aggregate: fc.constant(aggregate),
    place: fc.constant(place),
    events: history(place),
    now: timeAround(place),
  }),
);

const seen = (events: readonly CountedEvent[]): number => Math.max(0, ...events.map(({ at }) => at));

/** Folds batches as a person is folded: pruned at the end of each, by all events so far. */
function fold(
  batches: readonly (readonly CountedEvent[])[],
  aggregate: Aggregate,
  timeZone: string,
): ComputedState {
  const counter = compileCounter(aggregate, timeZone);
  const state = batches.reduce<ComputedState | undefined>((before, batch, index) => {
    const after = batch
      .filter(({ name }) => name === aggregate.event)
      .reduce((folded, event) => counter.add(folded, event), before);
    return after && counter.prune(after, seen(batches.slice(0, index + 1).flat()));
  }, undefined);
  return state ?? [];
}

/** The same, as the JSON that it is stored as. */
const stored = (state: ComputedState): string => JSON.stringify(state);

describe('a counter', () => {
  it('comes to the same state, byte for byte, whatever the order and the batches', () => {
    fc.assert(
      fc.property(
        life.chain((one) =>
          fc.record({
            one: fc.constant(one),
            order: fc.shuffledSubarray([...one.events], { minLength: one.events.length }),
            cut: fc.nat(12),
          }),
        ),
        ({ one: { aggregate, place, events }, order, cut }) => {
          const once = fold([events], aggregate, place.timeZone);
          const otherwise = fold([order.slice(0, cut), order.slice(cut)], aggregate, place.timeZone);

          expect(stored(otherwise)).toBe(stored(once));
        },
      ),
      { numRuns: 1_500 },
    );
  });

  it('of two halves of a history, joined, is that of all of it', () => {
    fc.assert(
      fc.property(life, fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }), (one, sides) => {
        const { aggregate, place, events } = one;
        const counter = compileCounter(aggregate, place.timeZone);
        const [a, b] = [
          fold([events.filter((_, index) => sides[index])], aggregate, place.timeZone),
          fold([events.filter((_, index) => !sides[index])], aggregate, place.timeZone),
        ];

        const joined = counter.prune(counter.join(a, b), seen(events));

        expect(stored(joined)).toBe(stored(fold([events], aggregate, place.timeZone)));
        expect(stored(counter.join(b, a))).toBe(stored(counter.join(a, b)));
      }),
      { numRuns: 1_500 },
    );
  });

  it('reads as one who goes through the events by hand, at any time since the last of them', () => {
    fc.assert(
      fc.property(life, ({ aggregate, place: { timeZone }, events, now }) => {
        const at = Math.max(now, seen(events));
        const { exact: _, ...reading } = compileCounter(aggregate, timeZone).read(
          fold([events], aggregate, timeZone),
          at,
        );
        const naive = naiveAggregate(events, aggregate, { timeZone, now: at });

        if (aggregate.function !== 'mostFrequent' || reading.overflow === undefined) {
          expect(reading).toEqual(naive);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it('reads the same between one expiry and the next, and has none when everything has left', () => {
    fc.assert(
      fc.property(life, ({ aggregate, place: { timeZone }, events }) => {
        const counter = compileCounter(aggregate, timeZone);
        const state = fold([events], aggregate, timeZone);
        const leaving = counter.expiries(state);

        expect(leaving).toEqual([...new Set(leaving)].sort((a, b) => a - b));
        expect(leaving.every((at) => at > seen(events))).toBe(true);
        const read = (now: number) => counter.read(state, now);
        [seen(events), ...leaving].forEach((from, index) => {
          expect(read((leaving[index] ?? from + 1e11) - 1)).toEqual(read(from));
        });
        if (aggregate.window !== undefined) {
          expect(read(leaving.at(-1) ?? 0)).toEqual(counter.read(undefined, 0));
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('gives back who was set apart of several, and leaves the others together', () => {
    fc.assert(
      fc.property(
        life,
        fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 12, maxLength: 12 }),
        ({ aggregate, place: { timeZone }, events }, whose) => {
          const counter = compileCounter(aggregate, timeZone);
          const eventsOf = (...who: readonly string[]) =>
            events.filter((_, index) => who.includes(whose[index] ?? ''));
          const [a, b, c, both, all] = [['a'], ['b'], ['c'], ['a', 'b'], ['a', 'b', 'c']].map((who) =>
            fold([eventsOf(...who)], aggregate, timeZone),
          );
          if (a === undefined || b === undefined || c === undefined || both === undefined) return;

          const left = counter.separate({
            now: all,
            mixed: [all ?? [], both],
            pure: [a, c],
            loser: b,
            gone: [b],
            lastSeenAt: seen(events),
          });

          const expected = fold([eventsOf('a', 'c')], aggregate, timeZone);
          expect(stored(counter.prune(left, seen(eventsOf('a', 'c'))))).toBe(stored(expected));
        },
      ),
      { numRuns: 1_500 },
    );
  });
});
