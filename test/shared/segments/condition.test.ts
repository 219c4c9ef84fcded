import { describe, expect, it } from 'vitest';
import { Segment } from '#shared/segments/segment.ts';

const faults = (condition: unknown): readonly string[] => {
  const parsed = Segment.safeParse({ id: 's', name: 'S', condition });
  return (parsed.error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
};

const nested = (levels: number): unknown =>
  Array.from({ length: levels }).reduce((inner) => ({ not: inner }), { event: { name: 'x' } });

describe('Condition', () => {
  it.each([
    [{ trai: { name: 'plan' } }, 'condition: unknown: trai; allowed here: all, any, not, trait,'],
    [{}, 'condition: exactly one of all, any, not,'],
    [{ event: { name: 'a' }, not: { event: { name: 'a' } } }, 'condition: exactly one of'],
    [{ all: [{ event: { name: 'a' } }, {}] }, 'condition.all.1: exactly one of'],
    [{ any: [] }, 'condition.any: Too small'],
    [{ trait: { name: 'plan' } }, 'condition.trait: at least one of equals, in, contains,'],
    [
      { not: { trait: { name: 'plan', equal: 'x' } } },
      'condition.not.trait: unknown: equal; allowed here: name, equals,',
    ],
    [{ trait: { name: 'age', greaterThan: true } }, 'condition.trait.greaterThan: '],
    [{ trait: { name: 'a', in: Array.from({ length: 1001 }, () => 'x') } }, 'condition.trait.in: Too big'],
    [{ event: { name: 'a', atLeast: -1 } }, 'condition.event.atLeast: '],
    [
      { identifier: { type: 'cookie' } },
      'condition.identifier.type: one of userId, email, phone, anonymousId, deviceId and externalId:<type>',
    ],
    [
      { sum: { name: 'total_spent', currency: 'eur', atLeast: 1 } },
      'condition.sum.currency: an ISO 4217 code',
    ],
    [{ sum: { name: 'total_spent', currency: 'EUR' } }, 'condition.sum: at least one of atLeast, atMost'],
    [
      { sum: { name: 'total_spent', currency: 'EUR', atLeast: 1e15 } },
      'condition.sum: the amount is too large',
    ],
    [{ consent: { channel: 'email', purpose: 'marketing' } }, 'condition.consent.granted: '],
    [nested(10), `condition${'.not'.repeat(10)}: conditions stand within each other at most 10 deep`],
    [
      { all: [1, 2, 3].map(() => ({ all: Array.from({ length: 80 }, () => ({ event: { name: 'x' } })) })) },
      'condition: at most 200 conditions in all',
    ],
  ])('says where %j is wrong and what is allowed', (condition, fault) => {
    expect(faults(condition)).toEqual(expect.arrayContaining([expect.stringContaining(fault)]));
  });

  it('takes conditions up to its bounds', () => {
    expect(faults(nested(9))).toEqual([]);
  });
});
