import { describe, it } from 'vitest';
import { LIBRARY } from '#shared/segments/library.ts';
import { LifecycleSettings } from '#shared/segments/lifecycle.ts';
import { play, type Step } from '#test/support/scenario.ts';

const buys: Step = ['does', 'Order Completed', { total: 40, currency: 'EUR' }];
const isOut: Step = ['isIn'];
const buysIn = (channel: string): Step => ['does', 'Order Completed', { channel }];
const spends = (total: number, currency = 'EUR'): Step => ['does', 'Order Completed', { total, currency }];

/** By the id of a ready definition: what is chosen, and what follows. `in` stands for its own id. */
const SCENARIOS: readonly {
  readonly id: string;
  readonly says: string;
  readonly chosen?: Readonly<Record<string, unknown>>;
  readonly startAt?: string;
  readonly steps: readonly Step[];
}[] = [
  {
    id: 'new-customers',
    says: 'holds from the first purchase on for 30 days, whatever follows',
    steps: [
      ['does', 'Product Viewed'],
      isOut,
      buys,
      ['isIn', 'new-customers'],
      ['waits', '29d'],
      buys,
      ['isIn', 'new-customers'],
      ['waits', '1d'],
      isOut,
      buys,
      isOut,
    ],
  },
  {
    id: 'active-customers',
    says: 'holds for 90 days from each purchase on',
    steps: [
      buys,
      ['waits', '89d'],
      buys,
      ['waits', '89d'],
      ['isIn', 'active-customers'],
      ['waits', '1d'],
      isOut,
      buys,
      ['isIn', 'active-customers'],
    ],
  },
  {
    id: 'at-risk-customers',
    says: 'holds from day 90 to day 180 without a purchase',
    steps: [
      buys,
      ['waits', '89d'],
      isOut,
      ['waits', '1d'],
      ['isIn', 'at-risk-customers'],
      ['waits', '89d'],
      ['isIn', 'at-risk-customers'],
      ['waits', '1d'],
      isOut,
    ],
  },
  {
    id: 'at-risk-customers',
    says: 'is left with a purchase',
    chosen: { after: '10d', until: '20d' },
    steps: [buys, ['waits', '10d'], ['isIn', 'at-risk-customers'], buys, isOut],
  },
  {
    id: 'lapsed-customers',
    says: 'holds from day 180 on, until a purchase, and never for who did not buy',
    steps: [
      ['does', 'Product Viewed'],
      ['waits', '200d'],
      isOut,
      buys,
      ['waits', '179d'],
      isOut,
      ['waits', '1d'],
      ['isIn', 'lapsed-customers'],
      ['waits', '1000d'],
      ['isIn', 'lapsed-customers'],
      buys,
      isOut,
    ],
  },
  {
    id: 'won-back-customers',
    says: 'holds for 90 days from a purchase on that came 180 days after the one before',
    steps: [
      buys,
      isOut,
      ['waits', '179d'],
      buys,
      isOut,
      ['waits', '180d'],
      buys,
      ['isIn', 'won-back-customers'],
      ['waits', '89d'],
      ['isIn', 'won-back-customers'],
      ['waits', '1d'],
      isOut,
    ],
  },
  {
    id: 'one-time-buyers',
    says: 'holds between the first purchase and the second',
    steps: [
      ['does', 'Product Viewed'],
      isOut,
      buys,
      ['waits', '500d'],
      ['isIn', 'one-time-buyers'],
      buys,
      isOut,
    ],
  },
  {
    id: 'vip-by-spend',
    says: 'holds from the amount on, to the cent, in its currency alone',
    steps: [
      spends(999.99),
      spends(5000, 'USD'),
      isOut,
      spends(0.01),
      ['isIn', 'vip-by-spend'],
      ['waits', '1000d'],
      ['isIn', 'vip-by-spend'],
    ],
  },
  {
    id: 'vip-by-spend',
    says: 'takes another amount and currency',
    chosen: { amount: 100, currency: 'USD' },
    steps: [spends(100), isOut, spends(100, 'USD'), ['isIn', 'vip-by-spend']],
  },
  {
    id: 'abandoned-basket',
    says: 'holds an hour after the last product, until a purchase',
    steps: [
      ['does', 'Product Added'],
      ['waits', '59m'],
      isOut,
      ['does', 'Product Added'],
      ['waits', '59m'],
      isOut,
      ['waits', '1m'],
      ['isIn', 'abandoned-basket'],
      buys,
      isOut,
      ['waits', '30d'],
      isOut,
    ],
  },
  {
    id: 'abandoned-basket',
    says: 'does not hold for who bought within the hour, but for who fills another basket',
    steps: [
      ['does', 'Product Added'],
      ['waits', '30m'],
      buys,
      ['waits', '2h'],
      isOut,
      ['does', 'Product Added'],
      ['waits', '1h'],
      ['isIn', 'abandoned-basket'],
      ['does', 'Product Added'],
      isOut,
      ['waits', '1h'],
      ['isIn', 'abandoned-basket'],
    ],
  },
  {
    id: 'abandoned-basket',
    says: 'forgets a basket after 7 days',
    steps: [['does', 'Product Added'], ['waits', '6d'], ['isIn', 'abandoned-basket'], ['waits', '1d'], isOut],
  },
  {
    id: 'birthday',
    says: 'holds for the 7 days before a birthday and on it, across the end of the year',
    startAt: '2026-12-24T23:00:00Z',
    steps: [
      ['says', { birthday: '1990-01-01' }],
      isOut,
      ['waits', '1h'],
      ['isIn', 'birthday'],
      ['waits', '7d'],
      ['isIn', 'birthday'],
      ['waits', '1d'],
      isOut,
      ['waits', '357d'],
      ['isIn', 'birthday'],
    ],
  },
  {
    id: 'birthday',
    says: 'comes on 28 February for who was born on the 29th, where it must',
    chosen: { days: 0 },
    startAt: '2027-02-27T12:00:00Z',
    steps: [
      ['says', { birthday: '2004-02-29' }],
      isOut,
      ['waits', '12h'],
      ['isIn', 'birthday'],
      ['waits', '1d'],
      isOut,
    ],
  },
  {
    id: 'newsletter-never-opened',
    says: 'holds for who has got mail for 90 days, still gets it, and opened none of it',
    steps: [
      ['does', 'Email Delivered'],
      ['waits', '89d'],
      ['does', 'Email Delivered'],
      isOut,
      ['waits', '2d'],
      ['isIn', 'newsletter-never-opened'],
      ['does', 'Email Opened'],
      isOut,
      ['waits', '80d'],
      ['does', 'Email Delivered'],
      isOut,
      ['waits', '10d'],
      ['isIn', 'newsletter-never-opened'],
      ['waits', '80d'],
      isOut,
    ],
  },
  {
    id: 'shop-and-web-buyers',
    says: 'holds for who bought in both channels',
    steps: [
      buysIn('web'),
      buysIn('phone'),
      isOut,
      buysIn('store'),
      ['isIn', 'shop-and-web-buyers'],
      ['waits', '1000d'],
      ['isIn', 'shop-and-web-buyers'],
    ],
  },
  {
    id: 'shop-and-web-buyers',
    says: 'takes other channels',
    chosen: { property: 'where.kind', shop: ['boutique'], web: ['site'] },
    steps: [
      ['does', 'Order Completed', { where: { kind: 'boutique' } }],
      isOut,
      ['does', 'Order Completed', { where: { kind: 'site' } }],
      ['isIn', 'shop-and-web-buyers'],
    ],
  },
  {
    id: 'over-solicited',
    says: 'holds with five mails in seven days, today among them, and ends at midnight',
    steps: [
      ['does', 'Email Delivered'],
      ['waits', '1d'],
      ...Array.from({ length: 3 }, (): Step => ['does', 'Email Delivered']),
      isOut,
      ['does', 'Email Delivered'],
      ['isIn', 'over-solicited'],
      ['waits', '5d'],
      ['isIn', 'over-solicited'],
      // 09:15 plus 15 hours: the day of the first mail leaves
      ['waits', '885m'],
      isOut,
    ],
  },
];

describe('a ready definition', () => {
  it.each(SCENARIOS)('$id $says', async ({ id, chosen = {}, startAt, steps }) => {
    const ready = LIBRARY.find((one) => one.id === id);
    await play({
      segments: { [id]: ready?.conditionOf(chosen) },
      steps,
      ...(startAt !== undefined && { startAt }),
    });
  });

  it('has a scenario', ({ expect }) => {
    expect([...new Set(SCENARIOS.map(({ id }) => id))].sort()).toEqual(LIBRARY.map(({ id }) => id).sort());
  });
});

describe('the life cycle', () => {
  it('takes a customer through all of its stages', async () => {
    await play({
      segments: {},
      lifecycle: LifecycleSettings.parse({}),
      steps: [
        ['does', 'Product Viewed'],
        ['isIn', 'lifecycle-prospect'],
        ['waits', '400d'],
        ['isIn', 'lifecycle-prospect'],
        buys,
        ['isIn', 'lifecycle-new'],
        ['waits', '30d'],
        ['isIn', 'lifecycle-active'],
        ['waits', '60d'],
        ['isIn', 'lifecycle-at-risk'],
        buys,
        ['isIn', 'lifecycle-active'],
        ['waits', '90d'],
        ['isIn', 'lifecycle-at-risk'],
        ['waits', '90d'],
        ['isIn', 'lifecycle-lapsed'],
        ['waits', '1d'],
        buys,
        ['isIn', 'lifecycle-won-back'],
        ['waits', '10d'],
        buys,
        ['isIn', 'lifecycle-active'],
      ],
    });
  });
});
