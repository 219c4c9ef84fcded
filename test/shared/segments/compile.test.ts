import { describe, expect, it } from 'vitest';
import { compileCondition, compileSegments } from '#shared/segments/compile.ts';
import { Condition } from '#shared/segments/condition.ts';
import { DEFAULT_RULES } from '#shared/traits/trait-definition.ts';
import { person, stampedAt, traits } from '#test/support/person.ts';

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
    [false, { trait: { name: 'age', equals: '36' } }],
    [true, { trait: { name: 'tags', contains: 'b' } }],
    [false, { trait: { name: 'tags', startsWith: 'a' } }],
    [true, { trait: { name: 'born', lessThan: '1900' } }],
    [true, { trait: { name: 'address.city', equals: 'London' } }],
    [false, { trait: { name: 'address.__proto__', exists: true } }],
    [false, { trait: { name: 'toString', exists: true } }],
    [false, { trait: { name: 'gone', exists: true } }],
    [true, { trait: { name: 'gone', exists: false } }],
    [false, { trait: { name: 'missing', lessThan: 5 } }],
    [true, { not: { trait: { name: 'missing', lessThan: 5 } } }],
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
    expect(compileCondition(Condition.parse(condition), DEFAULT_RULES)(ada)).toBe(expected);
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
        parts: [{ kind: 'event', asks: { name: 'Order Completed' }, holds: true }],
      },
      { kind: 'event', asks: { name: 'Called' }, holds: false },
    ],
  });
  expect(definitions.explain('others', ada, 0)).toBeUndefined();
});
