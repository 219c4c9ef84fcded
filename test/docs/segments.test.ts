import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { Filter } from '#shared/computed/filter.ts';
import { aggregatesOf } from '#shared/segments/aggregates.ts';
import { compileSegments } from '#shared/segments/compile.ts';
import {
  CONDITION_KINDS,
  Condition,
  IdentifierTest,
  SegmentTest,
  SumTest,
  TraitTest,
} from '#shared/segments/condition.ts';
import { CompareTest, EventTest, ReturnedTest, SequenceTest } from '#shared/segments/event-test.ts';
import { Segment } from '#shared/segments/segment.ts';
import { counting } from '#test/support/computed-rules.ts';
import { person, traits } from '#test/support/person.ts';
import type { RawEvent } from '#test/support/situation.ts';
import { after } from '#test/support/situation-arbitraries.ts';

const guide = readFileSync('docs/guides/segments.md', 'utf8');
const examples = [...guide.matchAll(/```json\n([^`]+)```/g)].map(([, json = '']): unknown =>
  JSON.parse(json),
);

/** An example is a segment without the id that stands in its path, or a condition alone. */
const Example = z.union([
  z
    .looseObject({ condition: z.unknown() })
    .transform((segment) => Segment.parse({ ...segment, id: 'example' })),
  Condition.transform((condition) => ({ id: 'example', name: 'Example', condition })),
]);

const DAY = 86_400_000;
const NOW = Date.parse('2026-11-22T09:15:00Z');
const somebody = person('p', {
  profile: { traits: traits({ age: 36, address: { city: 'London' }, plan: 'pro-2' }) },
});

const event = (name: string, daysAgo: number, properties = {}): RawEvent => ({
  name,
  at: NOW - daysAgo * DAY,
  properties,
});
const orders = [
  event('Order Completed', 400, { total: 80 }),
  event('Email Opened', 60),
  event('Product Added', 21),
  event('Order Completed', 20, { total: 60 }),
  event('Order Completed', 2, { total: 10 }),
  event('Product Added', 1),
];

/** Which examples hold somebody who did this, by their place in the guide. */
const holding = (events: readonly RawEvent[]): readonly number[] =>
  examples.flatMap((example, place) => {
    const segment = Example.parse(example);
    const computed = counting(aggregatesOf(segment.condition, 'UTC'));
    const definitions = compileSegments([segment], 1, { computed });
    const { members } = definitions.evaluate(after(somebody, events, { computed, set: 'm' }), NOW);
    return members.size === 0 ? [] : [place];
  });

describe('docs/guides/segments.md', () => {
  it('shows conditions that hold those whom they are said to', () => {
    expect(examples).toHaveLength(8);
    expect(holding([])).toEqual([1, 3]);
    expect(holding(orders)).toEqual([1, 3, 4, 5, 7]);
    expect(holding([event('Product Added', 1)])).toEqual([1, 3, 5]);
    expect(holding([event('Order Completed', 400), event('Order Completed', 2)])).toEqual([1, 3, 6]);
  });

  it('tells every kind of condition and every operator', () => {
    const schemas = [
      TraitTest,
      IdentifierTest,
      EventTest,
      SequenceTest,
      ReturnedTest,
      CompareTest,
      SumTest,
      SegmentTest,
      Filter,
    ];
    const names = new Set([...CONDITION_KINDS, ...schemas.flatMap(({ shape }) => Object.keys(shape))]);
    const untold = [...names].filter(
      (name) => !guide.includes(`\`${name}\``) && !guide.includes(`"${name}":`),
    );

    expect(untold).toEqual([]);
  });
});
