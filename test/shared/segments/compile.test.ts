import { describe, expect, it } from 'vitest';
import { compileSegments } from '#shared/segments/compile.ts';
import { Condition } from '#shared/segments/condition.ts';
import { person, stampedAt, traits } from '#test/support/person.ts';

const NOW = Date.parse('2026-11-22T09:15:00Z');

const ada = person('ada', {
  profile: {
    traits: traits({
      plan: 'pro',
      age: 36,
      tags: ['a', 'b'],
      born: '1815-12-10',
      address: { city: 'London' },
      gone: null,
    }),
    identifiers: { 'email#ada@example.com': stampedAt(1) },
    consents: { 'email/marketing': { status: 'denied', ...stampedAt(1) } },
  },
  activity: {
    events: { 'Order Completed': { count: 3, first: 1, last: 9 } },
    sums: { total_spent: { EUR: 10_050 } },
  },
});

describe('a condition', () => {
  it.each([
    [true, { trait: { name: 'plan', equals: 'pro' } }],
    [false, { trait: { name: 'plan', equals: 'Pro' } }],
    [true, { trait: { name: 'age', atLeast: 18, lessThan: 65 } }],
    ['unknown', { trait: { name: 'age', equals: '36' } }],
    [true, { trait: { name: 'tags', contains: 'b' } }],
    ['unknown', { trait: { name: 'tags', startsWith: 'a' } }],
    [true, { trait: { name: 'born', lessThan: '1900' } }],
    [true, { trait: { name: 'address.city', equals: 'London' } }],
    [false, { trait: { name: 'address.__proto__', exists: true } }],
    [false, { trait: { name: 'toString', exists: true } }],
    [false, { trait: { name: 'gone', exists: true } }],
    [true, { trait: { name: 'gone', exists: false } }],
    ['unknown', { trait: { name: 'missing', lessThan: 5 } }],
    ['unknown', { not: { trait: { name: 'missing', lessThan: 5 } } }],
    [true, { identifier: { type: 'email' } }],
    [true, { identifier: { type: 'phone', exists: false } }],
    [true, { event: { name: 'Order Completed' } }],
    [true, { event: { name: 'Order Completed', exactly: 3 } }],
    [false, { event: { name: 'Order Completed', atMost: 2 } }],
    [true, { event: { name: 'Signed Up', exactly: 0 } }],
    [true, { sum: { name: 'total_spent', currency: 'EUR', atLeast: 100.5 } }],
    [false, { sum: { name: 'total_spent', currency: 'EUR', atLeast: 100.51 } }],
    [true, { sum: { name: 'total_spent', currency: 'USD', atMost: 0 } }],
    [true, { consent: { channel: 'email', purpose: 'marketing', granted: false } }],
    [false, { consent: { channel: 'sms', purpose: 'marketing', granted: false } }],
    [true, { any: [{ event: { name: 'Never' } }, { all: [{ identifier: { type: 'email' } }] }] }],
  ])('is %s of Ada: %j', (expected, condition) => {
    const segment = { id: 's', name: 'S', condition: Condition.parse(condition) };
    const { holds } = compileSegments([segment], 1).explain('s', ada, NOW) ?? {};

    expect(holds).toBe(expected);
  });
});

it('gives the segments that a person is in, under the version they were compiled of', () => {
  const definitions = compileSegments(
    [
      { id: 'buyers', name: 'Buyers', condition: { event: { name: 'Order Completed' } } },
      { id: 'callers', name: 'Callers', condition: { event: { name: 'Called' } } },
      { id: 'buyers-fr', name: 'Buyers', condition: { event: { name: 'Order Completed' } }, market: 'fr' },
    ],
    7,
  );

  expect(definitions.version).toBe(7);
  expect([...definitions.evaluate(ada, 0).members]).toEqual(['buyers']);
});

it('says of each part of a segment whether it holds', () => {
  const definitions = compileSegments(
    [
      {
        id: 'callers',
        name: 'Callers',
        condition: { any: [{ not: { event: { name: 'Order Completed' } } }, { event: { name: 'Called' } }] },
      },
    ],
    7,
  );

  expect(definitions.explain('callers', ada, 0)).toEqual({
    kind: 'any',
    holds: false,
    parts: [
      {
        kind: 'not',
        holds: false,
        parts: [
          {
            kind: 'event',
            asks: { name: 'Order Completed' },
            holds: true,
            saw: { count: 3, first: '1970-01-01T00:00:00.001Z', last: '1970-01-01T00:00:00.009Z' },
          },
        ],
      },
      { kind: 'event', asks: { name: 'Called' }, holds: false, saw: { count: 0 } },
    ],
  });
  expect(definitions.explain('others', ada, 0)).toBeUndefined();
});
