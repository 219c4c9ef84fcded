import { expect, it } from 'vitest';
import { Condition } from '#shared/segments/condition.ts';
import { sayCondition } from '#shared/segments/say-condition.ts';

it.each<[string, unknown]>([
  ['“plan” is “pro”', { trait: { name: 'plan', equals: 'pro' } }],
  ['“age” is at least 18 and is less than 120', { trait: { name: 'age', atLeast: 18, lessThan: 120 } }],
  ['“age” is more than 18 and is at most 20', { trait: { name: 'age', greaterThan: 18, atMost: 20 } }],
  ['“city” is “Lyon” or “Paris”', { trait: { name: 'city', in: ['Lyon', 'Paris'] } }],
  ['“n” is 1, 2, 3, 4, 5 or 2 more', { trait: { name: 'n', in: [1, 2, 3, 4, 5, 6, 7] } }],
  [
    '“plan” contains “pro” and begins with “p”',
    { trait: { name: 'plan', contains: 'pro', startsWith: 'p' } },
  ],
  ['“plan” matches “^p”', { trait: { name: 'plan', matches: '^p' } }],
  ['“employee” is known', { trait: { name: 'employee', exists: true } }],
  ['“employee” is not known', { trait: { name: 'employee', exists: false } }],
  ['“since” is before 2026-11-22', { trait: { name: 'since', before: '2026-11-22' } }],
  ['“since” is after 30 days ago', { trait: { name: 'since', after: { ago: '30d' } } }],
  ['“ends” is before 1 hour from now', { trait: { name: 'ends', before: { ahead: '1h' } } }],
  ['“since” was in the last 24 hours', { trait: { name: 'since', within: '24h' } }],
  ['“ends” comes in the next 15 minutes', { trait: { name: 'ends', withinNext: '15m' } }],
  [
    '“birthday” has its day in the next 7 days',
    { trait: { name: 'birthday', anniversary: { withinDays: 7 } } },
  ],
  ['“birthday” has its day today', { trait: { name: 'birthday', anniversary: { withinDays: 0 } } }],
  ['has an email', { identifier: { type: 'email' } }],
  ['has a userId', { identifier: { type: 'userId', exists: true } }],
  ['has no phone', { identifier: { type: 'phone', exists: false } }],
  ['has an email that contains “@example.com”', { identifier: { type: 'email', contains: '@example.com' } }],
  ['“A” happened', { event: { name: 'A' } }],
  ['“A” happened in the last 30 days', { event: { name: 'A', within: '30d' } }],
  ['“A” did not happen ever', { event: { name: 'A', exactly: 0 } }],
  ['“A” did not happen in the last 1 day', { event: { name: 'A', atMost: 0, within: '1d' } }],
  ['“A” happened at least 3 times', { event: { name: 'A', atLeast: 3 } }],
  ['“A” happened at most 3 times', { event: { name: 'A', atMost: 3 } }],
  ['“A” happened exactly 1 time', { event: { name: 'A', exactly: 1 } }],
  ['“A” happened 2 to 3 times', { event: { name: 'A', atLeast: 2, atMost: 3 } }],
  [
    '“A” (“total” is at least 50 and “web” is “x”) happened before 2026-11-22',
    {
      event: {
        name: 'A',
        before: '2026-11-22',
        where: [
          { property: 'total', atLeast: 50 },
          { context: 'web', equals: 'x' },
        ],
      },
    },
  ],
  ['“A” did not happen before 30 days ago', { event: { name: 'A', exactly: 0, before: { ago: '30d' } } }],
  [
    '“A” happened at least 2 times between 2026-11-01 and 2026-11-22',
    { event: { name: 'A', atLeast: 2, between: ['2026-11-01', '2026-11-22'] } },
  ],
  ['the first “A” happened in the last 30 days', { event: { name: 'A', first: true, within: '30d' } }],
  [
    '“B” followed the last “A” within 1 hour',
    { sequence: { first: { event: 'A' }, followedBy: { event: 'B' }, within: '1h' } },
  ],
  [
    '“B” did not follow the last “A” (“source” is “web”) within 1 hour',
    {
      sequence: {
        first: { event: 'A', where: [{ field: 'source', equals: 'web' }] },
        followedBy: { event: 'B' },
        within: '1h',
        absent: true,
      },
    },
  ],
  ['the last “A” came 180 days or more after the one before it', { returned: { event: 'A', after: '180d' } }],
  ['the last “A” came after the last “B”', { compare: { last: { event: 'A' }, laterThan: { event: 'B' } } }],
  [
    'the last “A” came before the last “B”',
    { compare: { last: { event: 'A' }, earlierThan: { event: 'B' } } },
  ],
  ['“spent” is at least 100', { computed: { name: 'spent', atLeast: 100 } }],
  ['total spent in EUR is at least 100', { sum: { name: 'total_spent', currency: 'EUR', atLeast: 100 } }],
  ['said yes to marketing by email', { consent: { channel: 'email', purpose: 'marketing', granted: true } }],
  ['said no to marketing by email', { consent: { channel: 'email', purpose: 'marketing', granted: false } }],
  ['is in the segment “vip”', { segment: { id: 'vip' } }],
  ['is not in the segment “vip”', { segment: { id: 'vip', member: false } }],
  [
    '“A” happened, and (“B” happened, or not: “C” happened)',
    {
      all: [{ event: { name: 'A' } }, { any: [{ event: { name: 'B' } }, { not: { event: { name: 'C' } } }] }],
    },
  ],
])('says %s', (said, condition) => {
  expect(sayCondition(Condition.parse(condition))).toBe(said);
});
