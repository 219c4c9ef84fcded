import { describe, expect, it } from 'vitest';
import { compileSegments } from '#shared/segments/compile.ts';
import { Condition } from '#shared/segments/condition.ts';
import { sayWhy } from '#shared/segments/say-why.ts';
import { Segment } from '#shared/segments/segment.ts';
import { person, stampedAt, traits } from '#test/support/person.ts';

const NOW = Date.parse('2026-11-22T09:15:00Z');

const ada = person('p1', {
  profile: {
    traits: traits({ plan: 'pro', tags: ['a', 'b'] }),
    identifiers: { 'email#ada@example.com': stampedAt(1) },
    consents: { 'email/marketing': { status: 'granted', ...stampedAt(1) } },
    market: { value: 'fr', at: 1, id: 'm' },
  },
  activity: {
    events: { A: { count: 2, first: NOW - 9e9, last: NOW - 86_400_000 } },
    sums: { total_spent: { EUR: 1999 } },
  },
});

function whyOf(
  condition: unknown,
  { timeZone = 'UTC', market }: { timeZone?: string; market?: string } = {},
) {
  const segment = Segment.parse({ id: 's', name: 'S', condition: Condition.parse(condition), market });
  const explanation = compileSegments([segment], 1).explain('s', ada, NOW);
  if (explanation === undefined) throw new TypeError('no segment');
  return sayWhy(explanation, timeZone);
}

const a = { event: { name: 'A' } };
const never = { event: { name: 'B' } };
const often = { event: { name: 'A', atLeast: 3 } };
const pro = { trait: { name: 'plan', equals: 'pro' } };
const city = { trait: { name: 'city', equals: 'Lyon' } };

const A = '“A” happened: yes, it happened 2 times, last on 21 Nov 2026, 09:15';
const NEVER = '“B” happened: no, it never happened';
const OFTEN = '“A” happened at least 3 times: no, it happened 2 times, last on 21 Nov 2026, 09:15';
const PRO = '“plan” is “pro”: yes, it is “pro”';
const CITY = '“city” is “Lyon”: not known, nothing is known of it';

describe('what is said of why', () => {
  it.each<[string, unknown, readonly string[]]>([
    ['one condition that holds', a, [A]],
    ['one that does not', never, [NEVER]],
    ['one of which nothing is known', city, [CITY]],
    ['all, which hold', { all: [a, pro] }, [A, PRO]],
    ['all, of which some do not hold', { all: [a, never, often, city] }, [NEVER, OFTEN, CITY]],
    ['any, of which some hold', { any: [never, a, pro] }, [A, PRO]],
    ['any, of which none holds', { any: [never, city] }, [NEVER, CITY]],
    ['what is not so', { not: never }, [NEVER]],
    ['what is not so, and should not be', { not: { all: [a, pro] } }, [A, PRO]],
    ['all within any', { any: [{ all: [a, never] }, { all: [pro, a] }] }, [PRO, A]],
    ['an identifier', { identifier: { type: 'email' } }, ['has an email: yes, it is “ada@example.com”']],
    ['none', { identifier: { type: 'phone' } }, ['has a phone: no, has none']],
    ['a list', { trait: { name: 'tags', contains: 'a' } }, ['“tags” contains “a”: yes, it is “a” and “b”']],
    [
      'a sum',
      { sum: { name: 'total_spent', currency: 'EUR', atLeast: 20 } },
      ['total spent in EUR is at least 20: no, it is 19.99'],
    ],
    [
      'a consent',
      { consent: { channel: 'email', purpose: 'marketing', granted: true } },
      ['said yes to marketing by email: yes, it is granted'],
    ],
    [
      'a consent never asked for',
      { consent: { channel: 'sms', purpose: 'marketing', granted: true } },
      ['said yes to marketing by sms: no, was never asked'],
    ],
  ])('of %s', (_, condition, because) => {
    expect(whyOf(condition).because).toEqual(because);
  });

  it('has moments as they are read in the time zone', () => {
    expect(whyOf(a, { timeZone: 'Asia/Tokyo' }).because).toEqual([
      '“A” happened: yes, it happened 2 times, last on 21 Nov 2026, 18:15',
    ]);
  });

  it('names the market of a segment as one of its conditions', () => {
    expect(whyOf(a, { market: 'de' }).because).toEqual(['is of the market “de”: no, it is “fr”']);
  });

  it('keeps the tree, with what each asks and when it could change', () => {
    const within = { event: { name: 'A', within: '30d' } };

    expect(whyOf({ all: [within, { not: never }] })).toMatchObject({
      kind: 'all',
      text: 'all of these hold',
      holds: true,
      nextChange: NOW + 29 * 86_400_000,
      parts: [
        { kind: 'event', text: '“A” happened in the last 30 days', asks: within.event, holds: true },
        { kind: 'not', text: 'this does not hold', holds: true, parts: [{ holds: false }] },
      ],
    });
  });
});
