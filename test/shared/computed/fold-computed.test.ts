import { describe, expect, it } from 'vitest';
import type { Aggregate } from '#shared/computed/aggregate.ts';
import type { CountedEvent } from '#shared/computed/filter.ts';
import {
  foldComputed,
  mergeComputed,
  pruneComputed,
  separateComputed,
} from '#shared/computed/fold-computed.ts';
import { counting } from '#test/support/computed-rules.ts';

const HOUR = 3_600_000;
const hours: Aggregate = { event: 'Viewed', function: 'count', window: { hours: 2 } };
const once: Aggregate = { event: 'Viewed', function: 'sum', property: 'n', period: { from: 10, to: 20 } };
const computed = counting([hours, once]);
const keyOf = (aggregate: Aggregate): string => computed.find(aggregate)?.key ?? '';

const viewed = (at: number, n: unknown = 1): CountedEvent => ({
  name: 'Viewed',
  at,
  source: 'web',
  collected: { type: 'track', properties: { n } },
});
const wanted = computed.byEvent.get('Viewed') ?? [];

describe('foldComputed', () => {
  it('counts an event for each aggregate that it passes, and leaves the others as they are', () => {
    const states = foldComputed({}, viewed(3 * HOUR), wanted);

    expect(states).toEqual({ [keyOf(hours)]: [[3, 1]] });
    expect(foldComputed(states, viewed(19, 'x'), [])).toBe(states);
  });

  it('counts in a period from its beginning to before its end', () => {
    const sums = [9, 10, 19, 20].map((at) => foldComputed({}, viewed(at), wanted)[keyOf(once)]);

    expect(sums).toEqual([undefined, [[0, [100, 1]]], [[0, [100, 1]]], undefined]);
  });

  it('changes nothing of the states it was given', () => {
    const states = Object.freeze({ [keyOf(hours)]: Object.freeze([Object.freeze([3, 1] as const)]) });

    expect(foldComputed(states, viewed(3 * HOUR), wanted)).toEqual({ [keyOf(hours)]: [[3, 2]] });
    expect(foldComputed(states, viewed(2 * HOUR), wanted)).toEqual({
      [keyOf(hours)]: [
        [2, 1],
        [3, 1],
      ],
    });
  });
});

describe('pruneComputed', () => {
  it('drops what no definition asks for, and what has left its window', () => {
    const states = {
      gone: [[0, 5] as const],
      [keyOf(hours)]: [[3, 1] as const, [4, 2] as const],
    };

    expect(pruneComputed(states, { computed, lastSeenAt: 5 * HOUR })).toEqual({ [keyOf(hours)]: [[4, 2]] });
    expect(pruneComputed(states, { computed, lastSeenAt: 6 * HOUR })).toEqual({});
    expect(states.gone).toEqual([[0, 5]]);
  });

  it('gives back the very same where nothing has left', () => {
    const states = { [keyOf(hours)]: [[3, 1] as const] };

    expect(pruneComputed(states, { computed, lastSeenAt: 4 * HOUR })).toBe(states);
  });
});

describe('mergeComputed', () => {
  it('joins what is counted of both, and keeps what one has alone', () => {
    const [a, b] = [
      { [keyOf(hours)]: [[3, 1] as const] },
      { [keyOf(hours)]: [[3, 2] as const, [4, 5] as const] },
    ];
    const options = { computed, lastSeenAt: 4 * HOUR };

    const both = [
      [3, 3],
      [4, 5],
    ];
    expect(mergeComputed(a, b, options)).toEqual({ [keyOf(hours)]: both });
    expect(mergeComputed({}, b, options)).toEqual(b);
    expect(mergeComputed(a, {}, options)).toEqual(a);
    expect(mergeComputed({}, { gone: [[0, 5]] }, options)).toEqual({});
  });
});

describe('separateComputed', () => {
  it('takes the other away, and knows again what their later days had pushed out', () => {
    const state = (...cells: (readonly [number, number])[]) => ({ [keyOf(hours)]: cells });
    const [before, other] = [state([1, 2], [2, 3]), state([3, 4], [4, 1])];
    const now = mergeComputed(before, other, { computed, lastSeenAt: 4 * HOUR });

    const left = separateComputed(
      { now, mixed: [now], pure: [before], loser: other, gone: [other], lastSeenAt: 4 * HOUR },
      computed,
    );

    expect(now).toEqual(other);
    expect(left).toEqual(before);
  });

  it('leaves nothing of what only the other had', () => {
    const other = { [keyOf(hours)]: [[4, 1] as const], gone: [[0, 1] as const] };
    const parts = {
      now: other,
      mixed: [other],
      pure: [{}],
      loser: other,
      gone: [other],
      lastSeenAt: 4 * HOUR,
    };

    expect(separateComputed(parts, computed)).toEqual({});
  });
});
