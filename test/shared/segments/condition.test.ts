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
      { event: { name: 'a', within: '30 days' } },
      'condition.event.within: a whole number with m, h or d: 15m, 24h, 30d',
    ],
    [{ event: { name: 'a', within: '4000d' } }, 'condition.event.within: at most 3660d'],
    [
      { event: { name: 'a', atLeast: 2, within: '15m' } },
      'condition.event.within: to be counted it is hours up to 48h, or days up to 366d; any with at least once, and with never',
    ],
    [{ event: { name: 'a', atMost: 1, within: '49h' } }, 'condition.event.within: to be counted'],
    [
      { event: { name: 'a', within: '1d', before: '2026-11-22' } },
      'condition.event.before: at most one of within, before, between',
    ],
    [{ event: { name: 'a', first: true } }, 'condition.event.first: goes with within'],
    [
      { event: { name: 'a', first: true, atLeast: 2, within: '2d' } },
      'condition.event.first: goes with within',
    ],
    [{ event: { name: 'a', atLeast: 2, before: { ago: '1d' } } }, 'condition.event.before: so long ago'],
    [{ event: { name: 'a', before: 'soon' } }, 'condition.event.before: a day as 2026-11-22'],
    [
      { event: { name: 'a', between: ['2026-11-22', '2026-11-21'] } },
      'condition.event.between: the earlier one first',
    ],
    [
      { event: { name: 'a', where: [{ propert: 'x', exists: true }] } },
      'condition.event.where.0: unknown: propert; allowed here: property, context, field, equals',
    ],
    [
      { sequence: { first: { event: 'a' }, followedBy: { event: 'a' }, within: '1h' } },
      'condition.sequence.followedBy: another event than the first',
    ],
    [{ compare: { last: { event: 'a' } } }, 'condition.compare: exactly one of laterThan, earlierThan'],
    [{ computed: { name: 'spent' } }, 'condition.computed: at least one of equals, in,'],
    [{ trait: { name: 'a', before: 'soon' } }, 'condition.trait.before: a day as 2026-11-22'],
    [{ trait: { name: 'a', matches: '(' } }, 'condition.trait.matches: error parsing regexp'],
    [{ segment: { id: 'a', not: true } }, 'condition.segment: unknown: not; allowed here: id, member'],
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
