import { describe, expect, it } from 'vitest';
import { CONDITION_KINDS } from '#shared/segments/condition.ts';
import { play, type Step } from '#test/support/scenario.ts';

const does = (name: string, properties: Readonly<Record<string, unknown>> = {}): Step => [
  'does',
  name,
  properties,
];
const says = (traits: Readonly<Record<string, unknown>>): Step => ['says', traits];
const waits = (duration: string): Step => ['waits', duration];
const isIn: Step = ['isIn', 's'];
const isOut: Step = ['isIn'];

interface Row {
  readonly condition: Readonly<Record<string, unknown>>;
  readonly steps: readonly Step[];
  readonly others?: Readonly<Record<string, unknown>>;
  readonly computedTraits?: readonly unknown[];
  readonly timeZone?: string;
  readonly startAt?: string;
}

const a = { event: { name: 'A' } };
const b = { event: { name: 'B' } };
const orders = (more: object) => ({ event: { name: 'Order', ...more } });
const order = (total: number, city = 'Lyon'): Step =>
  does('Order', { total, currency: 'EUR', address: { city } });
const trait = (operators: object) => ({ trait: { name: 't', ...operators } });

/** One row a line of the language: what is asked, and who is in it as time goes by. */
const ROWS: Readonly<Record<string, Row>> = {
  'all: both hold': { condition: { all: [a, b] }, steps: [does('A'), isOut, does('B'), isIn] },
  'any: one of them holds': { condition: { any: [a, b] }, steps: [isOut, does('B'), isIn] },
  'not: it is known not to hold': { condition: { not: a }, steps: [does('B'), isIn, does('A'), isOut] },
  'not: of what is not known neither it nor its opposite holds': {
    condition: { any: [trait({ equals: 1 }), { not: trait({ equals: 1 }) }] },
    steps: [does('A'), isOut, says({ t: 2 }), isIn, says({ t: null }), isOut],
  },

  'trait equals': {
    condition: trait({ equals: 'x' }),
    steps: [says({ t: 'x' }), isIn, says({ t: 'X' }), isOut],
  },
  'trait in': { condition: trait({ in: ['x', 2] }), steps: [says({ t: 2 }), isIn, says({ t: '2' }), isOut] },
  'trait contains, of a text and of a list': {
    condition: trait({ contains: 'ab' }),
    steps: [says({ t: 'cabs' }), isIn, says({ t: 'ba' }), isOut, says({ t: ['x', 'ab'] }), isIn],
  },
  'trait startsWith': {
    condition: trait({ startsWith: 'pro' }),
    steps: [says({ t: 'pro-yearly' }), isIn, says({ t: 'a pro' }), isOut],
  },
  'trait matches': {
    condition: trait({ matches: '^FR-\\d{3}$' }),
    steps: [says({ t: 'FR-123' }), isIn, says({ t: 'FR-12' }), isOut],
  },
  'trait exists, and does not': {
    condition: { any: [trait({ exists: true }), { trait: { name: 'u', exists: false } }] },
    steps: [says({ u: 1 }), isOut, says({ t: 0 }), isIn],
  },
  'trait compares, numbers with numbers alone': {
    condition: trait({ atLeast: 18, lessThan: 65 }),
    steps: [says({ t: 18 }), isIn, says({ t: 65 }), isOut, says({ t: '18' }), isOut],
  },
  'a part of a trait': {
    condition: { trait: { name: 'address.city', equals: 'Lyon' } },
    steps: [says({ address: { city: 'Lyon' } }), isIn],
  },
  'trait before and after a day, which ends at midnight where the workspace is': {
    condition: trait({ after: '2026-11-22', before: '2026-12-01' }),
    timeZone: 'Europe/Paris',
    steps: [
      says({ t: '2026-11-22T22:59:59Z' }),
      isOut,
      says({ t: '2026-11-22T23:00:00Z' }),
      isIn,
      says({ t: '2026-12-01' }),
      isOut,
    ],
  },
  'trait before so long ago': {
    condition: trait({ before: { ago: '30d' } }),
    steps: [says({ t: '2026-11-22T09:15:00Z' }), waits('30d'), isOut, waits('1m'), isIn],
  },
  'trait within the last days': {
    condition: trait({ within: '30d' }),
    steps: [says({ t: '2026-11-22T09:15:00Z' }), isIn, waits('29d'), isIn, waits('1d'), isOut],
  },
  'trait within the next days': {
    condition: trait({ withinNext: '7d' }),
    steps: [says({ t: '2026-12-22T09:15:00Z' }), isOut, waits('23d'), waits('1m'), isIn, waits('7d'), isOut],
  },
  'trait has its anniversary, at the midnights of the workspace': {
    condition: trait({ anniversary: { withinDays: 1 } }),
    timeZone: 'Pacific/Auckland',
    startAt: '2026-11-22T10:59:00Z',
    steps: [says({ t: '1984-11-24' }), isOut, waits('1m'), isIn, waits('48h'), isOut],
  },

  identifier: {
    condition: { identifier: { type: 'email' } },
    steps: [says({}), isOut, says({ email: 'Ada@Example.com' }), isIn],
  },
  'identifier with an operator': {
    condition: { identifier: { type: 'email', contains: '@example.com' } },
    steps: [says({ email: 'ada@other.com' }), isOut, says({ email: 'ADA@example.com' }), isIn],
  },

  'event at least once': { condition: a, steps: [does('B'), isOut, does('A'), isIn, waits('3660d'), isIn] },
  'event at least n': { condition: orders({ atLeast: 2 }), steps: [order(1), isOut, order(1), isIn] },
  'event at most n': { condition: orders({ atMost: 1 }), steps: [order(1), isIn, order(1), isOut] },
  'event exactly n': {
    condition: orders({ exactly: 2 }),
    steps: [order(1), isOut, order(1), isIn, order(1), isOut],
  },
  'event never': { condition: orders({ exactly: 0 }), steps: [does('A'), isIn, order(1), isOut] },
  'event where a property and the context are so': {
    condition: orders({
      where: [
        { property: 'total', atLeast: 100 },
        { property: 'address.city', in: ['Lyon'] },
        { context: 'page.path', startsWith: '/checkout' },
        { field: 'source', equals: 'web' },
      ],
    }),
    steps: [
      order(100),
      [
        'does',
        'Order',
        { total: 99, address: { city: 'Lyon' } },
        { context: { page: { path: '/checkout' } } },
      ],
      isOut,
      [
        'does',
        'Order',
        { total: 100, address: { city: 'Lyon' } },
        { context: { page: { path: '/checkout' } } },
      ],
      isIn,
    ],
  },
  'event within, to the moment': {
    condition: orders({ within: '15m' }),
    steps: [order(1), waits('14m'), isIn, order(1), waits('14m'), isIn, waits('1m'), isOut],
  },
  'event never within': {
    condition: orders({ exactly: 0, within: '90d' }),
    steps: [order(1), isOut, waits('89d'), isOut, waits('1d'), isIn, order(1), isOut],
  },
  'event where, within': {
    condition: orders({ where: [{ property: 'total', atLeast: 100 }], within: '1h' }),
    steps: [order(100), waits('30m'), order(1), waits('29m'), isIn, waits('1m'), isOut],
  },
  'event n times within days, by the midnights of the workspace': {
    condition: orders({ atLeast: 2, within: '2d' }),
    timeZone: 'America/New_York',
    startAt: '2026-11-22T04:59:00Z',
    steps: [order(1), order(1), isIn, waits('24h'), isIn, waits('1m'), isOut],
  },
  'event n times within days, on the day on which clocks go back': {
    condition: orders({ atLeast: 1, atMost: 1, within: '1d' }),
    timeZone: 'Europe/Paris',
    startAt: '2026-10-24T22:00:00Z',
    steps: [order(1), isIn, waits('24h'), isIn, waits('1h'), isOut],
  },
  'event n times within days, on the day on which clocks go forward': {
    condition: orders({ atLeast: 1, atMost: 1, within: '1d' }),
    timeZone: 'Europe/Paris',
    startAt: '2026-03-28T23:00:00Z',
    steps: [order(1), isIn, waits('22h'), isIn, waits('1h'), isOut],
  },
  'event n times within hours, by the clock': {
    condition: orders({ atLeast: 2, within: '24h' }),
    steps: [order(1), waits('23h'), order(1), isIn, waits('44m'), isIn, waits('1m'), isOut],
  },
  'event first, within': {
    condition: orders({ first: true, within: '30d' }),
    steps: [order(1), waits('29d'), order(1), isIn, waits('1d'), isOut],
  },
  'event before a day': {
    condition: orders({ before: '2026-11-23' }),
    steps: [does('A'), order(1), isIn, waits('30d'), isIn],
  },
  'event not before a day': {
    condition: orders({ before: '2026-11-22' }),
    steps: [order(1), isOut],
  },
  'event before so long ago': {
    condition: orders({ before: { ago: '30d' } }),
    steps: [order(1), waits('30d'), isOut, order(1), waits('1m'), isIn],
  },
  'event between two days, both to their end': {
    condition: orders({ between: ['2026-11-23', '2026-11-24'], atLeast: 2 }),
    steps: [
      order(1),
      waits('15h'),
      order(1),
      isOut,
      waits('24h'),
      order(1),
      isIn,
      waits('24h'),
      order(1),
      isIn,
    ],
  },

  'sequence: the one followed the other in time': {
    condition: { sequence: { first: { event: 'A' }, followedBy: { event: 'B' }, within: '1h' } },
    steps: [
      does('B'),
      waits('1m'),
      does('A'),
      waits('59m'),
      isOut,
      does('B'),
      isIn,
      waits('1m'),
      does('A'),
      isOut,
      waits('1h'),
      does('B'),
      isOut,
    ],
  },
  'sequence: the other did not follow, and so long has passed': {
    condition: {
      sequence: { first: { event: 'A' }, followedBy: { event: 'B' }, within: '1h', absent: true },
    },
    steps: [
      does('B'),
      isOut,
      waits('1m'),
      does('A'),
      waits('59m'),
      isOut,
      waits('1m'),
      isIn,
      does('A'),
      isOut,
      waits('1h'),
      isIn,
      does('A'),
      waits('30m'),
      does('B'),
      waits('2h'),
      isOut,
    ],
  },
  'returned after long': {
    condition: { returned: { event: 'A', after: '180d' } },
    steps: [does('A'), waits('179d'), does('A'), isOut, waits('180d'), does('A'), isIn, does('A'), isOut],
  },
  'compare: the last of one is later than the last of another': {
    condition: { compare: { last: { event: 'A' }, laterThan: { event: 'B' } } },
    steps: [does('A'), isOut, waits('1m'), does('B'), isOut, waits('1m'), does('A'), isIn],
  },
  'compare: it is earlier': {
    condition: { compare: { last: { event: 'A' }, earlierThan: { event: 'B' } } },
    steps: [does('A'), waits('1m'), does('B'), isIn],
  },

  'computed: a sum of a window': {
    condition: { computed: { name: 'spent', atLeast: 100 } },
    computedTraits: [
      {
        id: 'spent',
        name: 'Spent',
        event: 'Order',
        function: 'sum',
        property: 'total',
        window: { days: 30 },
      },
    ],
    startAt: '2026-11-22T00:00:00Z',
    steps: [order(60), waits('10d'), order(40), isIn, waits('19d'), isIn, waits('1d'), isOut],
  },
  'computed: the value seen most often': {
    condition: { computed: { name: 'city', contains: 'Lyon' } },
    computedTraits: [
      { id: 'city', name: 'Cities', event: 'Order', function: 'uniqueList', property: 'address.city' },
    ],
    steps: [order(1, 'Paris'), isOut, order(1, 'Lyon'), isIn],
  },

  sum: {
    condition: { sum: { name: 'total_spent', currency: 'EUR', atLeast: 100, atMost: 200 } },
    steps: [
      ['does', 'Order Completed', { total: 100, currency: 'EUR' }],
      isIn,
      ['does', 'Order Completed', { total: 100.01, currency: 'EUR' }],
      isOut,
    ],
  },
  consent: {
    condition: { consent: { channel: 'email', purpose: 'marketing', granted: true } },
    steps: [
      [
        'says',
        {},
        {
          context: {
            messaging_subscriptions: [{ key: 'ada@example.com', type: 'EMAIL', status: 'SUBSCRIBED' }],
          },
        },
      ],
      isIn,
      waits('1m'),
      [
        'says',
        {},
        {
          context: {
            messaging_subscriptions: [{ key: 'ada@example.com', type: 'EMAIL', status: 'UNSUBSCRIBED' }],
          },
        },
      ],
      isOut,
    ],
  },
  'segment: in another one, whose deadlines are its own too': {
    condition: { all: [{ segment: { id: 'recent' } }, { segment: { id: 'big', member: false } }] },
    others: {
      recent: orders({ within: '1d' }),
      big: orders({ where: [{ property: 'total', atLeast: 100 }] }),
    },
    steps: [order(1), ['isIn', 's', 'recent'], waits('1d'), isOut, order(100), ['isIn', 'big', 'recent']],
  },
};

describe('a condition, as time goes by', () => {
  it.each(Object.entries(ROWS))('%s', async (_, { condition, others = {}, ...scenario }) => {
    await play({ segments: { ...others, s: condition }, ...scenario });
  });

  it('of each kind has a row', () => {
    const text = JSON.stringify(Object.values(ROWS).map(({ condition }) => condition));

    expect(CONDITION_KINDS.filter((kind) => !text.includes(`"${kind}":`))).toEqual([]);
  });
});
