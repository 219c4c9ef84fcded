import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Aggregate, AggregateFunction, KEPT } from '#shared/computed/aggregate.ts';
import type { ComputedStates } from '#shared/computed/computed-state.ts';
import { foldComputed } from '#shared/computed/fold-computed.ts';
import { mostBytes, mostBytesTogether } from '#shared/computed/most-bytes.ts';
import { emptyActivity } from '#shared/profiles/activity.ts';
import { packActivity } from '#shared/profiles/activity-codec.ts';
import { counting } from '#test/support/computed-rules.ts';

const HOUR = 3_600_000;
const T = 1_795_000_000_000;

const aggregate = fc
  .record({
    name: fc.constantFrom(...AggregateFunction.options),
    limit: fc.constantFrom(1, 5, 20),
    window: fc.constantFrom(undefined, { hours: 48 }, { days: 7 }),
  })
  .map(({ name, limit, window }) => {
    const isOfTimes = name === 'firstTime' || name === 'lastTimes';
    return Aggregate.parse({
      event: 'Viewed',
      where: [{ field: 'source', equals: 'web' }],
      function: name,
      ...(name !== 'count' && !isOfTimes && { property: 'v' }),
      ...(KEPT[name] !== undefined && { limit }),
      ...(!isOfTimes && window !== undefined && { window }),
    });
  });

/** Values as long as any that are kept: what is no number is one text of a hundred bytes. */
const longest = (name: AggregateFunction, index: number): unknown => {
  if (name === 'sum' || name === 'average') return 9_999_999_999_999.99 - index;
  if (name === 'min' || name === 'max') return -1.2345678901234567e-101 * (index + 1);
  return `${'é'.repeat(48)}${String(index).padStart(4, '0')}`;
};

describe('mostBytes', () => {
  it('is no less than what a state takes, however much there was', () => {
    fc.assert(
      fc.property(aggregate, (asked) => {
        const wanted = counting([asked]).byEvent.get('Viewed') ?? [];
        let states: ComputedStates = {};
        for (let index = 0; index < 400; index++) {
          const event = {
            name: 'Viewed',
            at: T - (index % 168) * HOUR,
            source: 'web',
            collected: { type: 'track' as const, properties: { v: longest(asked.function, index % 50) } },
          };
          states = foldComputed(states, event, wanted);
        }
        const pruned = Object.fromEntries(
          wanted.map(({ key, counter }) => [key, counter.prune(states[key] ?? [], T)]),
        );
        const bytes = (computed: ComputedStates) =>
          Buffer.byteLength(packActivity({ ...emptyActivity(), computed: { ...computed } }));

        expect(bytes(pruned) - bytes({})).toBeLessThanOrEqual(mostBytes(asked));
      }),
      { numRuns: 60 },
    );
  });

  it('is nothing where nothing is kept', () => {
    expect(mostBytes({ event: 'Viewed', function: 'count' })).toBe(0);
  });
});

describe('mostBytesTogether', () => {
  it('adds up what each takes, and counts once what is kept once', () => {
    const sum: Aggregate = { event: 'Viewed', function: 'sum', property: 'v' };
    const days: Aggregate = { event: 'Viewed', function: 'count', window: { days: 7 } };

    expect(mostBytesTogether([sum, days, { ...sum, function: 'average' }], 'UTC')).toBe(
      mostBytes(sum) + mostBytes(days),
    );
    expect(mostBytesTogether([], 'UTC')).toBe(0);
  });
});
