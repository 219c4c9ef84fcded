import { describe, expect, it } from 'vitest';
import { compileSegments } from '#shared/segments/compile.ts';
import { Segment } from '#shared/segments/segment.ts';
import { eligibility } from '#shared/sending/eligibility.ts';
import { targetOf } from '#shared/sending/target.ts';
import { DEFAULT_RULES } from '#shared/traits/trait-definition.ts';
import { person, stampedAt } from '#test/support/person.ts';
import { EVERYBODY } from '#test/support/sending.ts';

const ada = person('p1', {
  profile: {
    identifiers: { 'email#ada@example.com': stampedAt(1) },
    consents: { 'email/marketing': { status: 'granted', ...stampedAt(1) } },
    market: { value: 'FR', at: 1, id: 'm' },
    brand: { value: 'Amarante', at: 1, id: 'm' },
  },
  activity: { events: { 'Order Completed': { count: 2, first: 1, last: 2 } } },
});
const everybody = compileSegments([EVERYBODY], 1);
const orders = (atLeast: number) =>
  Segment.parse({ id: 's', name: 'S', condition: { event: { name: 'Order Completed', atLeast } } });

describe('the target of a way out', () => {
  it.each([
    { of: {}, reason: undefined },
    { of: { market: 'FR', brand: 'Amarante' }, reason: undefined },
    { of: { market: 'DE' }, reason: 'other_market' },
    { of: { market: 'FR', brand: 'Basalte' }, reason: 'other_brand' },
  ])('takes a person of one market in, or leaves them out, by $of: $reason', ({ of, reason }) => {
    expect(targetOf({ segment: 'everybody', ...of }, everybody)(ada, 9)).toBe(reason);
  });

  it('leaves people of no market out of what is for one', () => {
    expect(targetOf({ segment: 'everybody', market: 'FR' }, everybody)(person('p2'), 9)).toBe('other_market');
  });

  it.each([
    { segment: orders(2), reason: undefined },
    { segment: orders(3), reason: 'not_in_segment' },
    { segment: { ...orders(2), market: 'DE' }, reason: 'not_in_segment' },
  ])('asks the segment itself whether the person is in it: $reason', ({ segment, reason }) => {
    expect(targetOf({ segment: 's' }, compileSegments([segment], 1))(ada, 9)).toBe(reason);
  });

  it('stands before consent', () => {
    const target = targetOf({ segment: 'everybody', market: 'DE' }, everybody);

    const found = eligibility(ada, {
      target,
      traits: DEFAULT_RULES,
      channel: 'email',
      purpose: 'surveys',
      at: 9,
    });

    expect(found).toEqual({ eligible: false, reason: 'other_market' });
  });
});
