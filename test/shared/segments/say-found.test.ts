import { expect, it } from 'vitest';
import { ComputedTrait } from '#shared/computed/computed-trait.ts';
import { aggregatesOf } from '#shared/segments/aggregates.ts';
import { compileSegments } from '#shared/segments/compile.ts';
import { sayWhy } from '#shared/segments/say-why.ts';
import { Segment } from '#shared/segments/segment.ts';
import { counting } from '#test/support/computed-rules.ts';
import { collected } from '#test/support/events.ts';
import { folded } from '#test/support/folded.ts';

const DAY_MS = 86_400_000;
const NOW = Date.parse('2026-11-22T09:15:00Z');
const cities = ComputedTrait.parse({
  id: 'cities',
  name: 'Cities',
  event: 'Order',
  function: 'uniqueCount',
  property: 'city',
  limit: 2,
});

/** Somebody who viewed 20 and 3 days ago, and ordered 2 days and a day ago, in three cities. */
function findingsOf(condition: unknown): readonly string[] {
  const segment = Segment.parse({ id: 's', name: 'S', condition });
  const computed = counting(aggregatesOf(segment.condition, 'UTC'), { traits: [cities] });
  const order = (days: number, city: string) => ({ event: 'Order', properties: { city }, days });
  const said = [
    { event: 'Viewed', days: 20 },
    { event: 'Viewed', days: 3 },
    order(2, 'a'),
    order(2, 'b'),
    order(1, 'c'),
  ];
  const ada = folded(
    said.map(({ days, ...event }, n) =>
      collected({ ...event, messageId: `m${n}`, timestamp: NOW - days * DAY_MS }),
    ),
    { computed, receivedAt: NOW },
  );
  const explanation = compileSegments([segment], 1, { computed }).explain('s', ada, NOW);
  if (explanation === undefined) throw new TypeError('no segment');
  return sayWhy(explanation, 'UTC').because.map((line) => line.replace(/^.*?: /, ''));
}

it.each<[string, unknown]>([
  ['yes, it happened 2 times, last on 19 Nov 2026, 09:15', { event: { name: 'Viewed' } }],
  ['yes, it happened 1 time', { event: { name: 'Viewed', within: '5d', atMost: 3 } }],
  ['yes, it happened 2 times, last on 19 Nov 2026, 09:15', { event: { name: 'Viewed', within: '4d' } }],
  [
    'yes, the last time was 20 Nov 2026, 09:15',
    { event: { name: 'Order', where: [{ property: 'city', equals: 'b' }], within: '4d' } },
  ],
  ['no, the first time was 2 Nov 2026, 09:15', { event: { name: 'Viewed', first: true, within: '4d' } }],
  ['yes, the first time was 2 Nov 2026, 09:15', { event: { name: 'Viewed', before: { ago: '4d' } } }],
  ['no, it never happened', { event: { name: 'Gone', within: '4d' } }],
  ['no, it never happened', { event: { name: 'Order', where: [{ property: 'city', equals: 'd' }] } }],
  [
    'yes, the former was last on 19 Nov 2026, 09:15, the latter last on 21 Nov 2026, 09:15',
    { sequence: { first: { event: 'Viewed' }, followedBy: { event: 'Order' }, within: '2d' } },
  ],
  [
    'no, the former never happened',
    { sequence: { first: { event: 'Gone' }, followedBy: { event: 'Order' }, within: '2d' } },
  ],
  [
    'yes, the former was last on 19 Nov 2026, 09:15, the latter never happened',
    { sequence: { first: { event: 'Viewed' }, followedBy: { event: 'Gone' }, within: '2d', absent: true } },
  ],
  [
    'yes, the last times were 19 Nov 2026, 09:15 and 2 Nov 2026, 09:15',
    { returned: { event: 'Viewed', after: '17d' } },
  ],
  ['no, it never happened', { returned: { event: 'Gone', after: '17d' } }],
  [
    'yes, the former was last on 21 Nov 2026, 09:15, the latter on 19 Nov 2026, 09:15',
    { compare: { last: { event: 'Order' }, laterThan: { event: 'Viewed' } } },
  ],
  [
    'not known, the former was last on 21 Nov 2026, 09:15, the latter never',
    { compare: { last: { event: 'Order' }, laterThan: { event: 'Gone' } } },
  ],
  ['yes, it is 2, or more', { computed: { name: 'cities', atLeast: 2 } }],
  ['not known, nothing is known of it', { computed: { name: 'gone', atLeast: 2 } }],
])('%s: %j', (found, condition) => {
  expect(findingsOf(condition)).toEqual([found]);
});
