import { describe, expect, it } from 'vitest';
import { ComputedTrait } from '#shared/computed/computed-trait.ts';
import { cellsOf } from '#shared/exports/columns.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { eligibility } from '#shared/sending/eligibility.ts';
import { DEFAULT_RULES } from '#shared/traits/trait-definition.ts';
import { counting } from '#test/support/computed-rules.ts';
import { person, stampedAt, traits } from '#test/support/person.ts';

const NOON = Date.UTC(2026, 10, 22, 12);
const computed = counting([], {
  traits: [
    { id: 'spent', event: 'Order Completed', function: 'sum', property: 'total', window: { days: 2 } },
    { id: 'brands', event: 'Viewed', function: 'uniqueList', property: 'brand' },
    { id: 'last', event: 'Viewed', function: 'last', property: 'brand' },
    { id: 'orders', event: 'Order Completed', function: 'count' },
  ].map((trait) => ComputedTrait.parse({ name: trait.id, ...trait })),
});
const keyOf = (id: string): string => computed.named.get(id)?.key ?? '';
const TODAY = Math.floor(NOON / 86_400_000);
const ada = person('p1', {
  profile: {
    identifiers: {
      'email#ada@old.example': stampedAt(1),
      'email#ada@new.example': stampedAt(5),
      'email#ada@mid.example': stampedAt(3),
      'phone#+33612345678': stampedAt(2, 'a'),
      'phone#+33687654321': stampedAt(2, 'b'),
    },
    traits: traits({ city: 'Paris', age: 36, vip: false, address: { zip: '75001' }, left: null, 'a:b': 'c' }),
    consents: { 'email/marketing': { status: 'granted', ...stampedAt(1) } },
  },
  activity: {
    segments: { loyal: 2, adults: 1 },
    events: { 'Order Completed': { count: 3, first: NOON, last: NOON + 1500 } },
    computed: {
      [keyOf('spent')]: [
        [TODAY - 2, [500, 1]],
        [TODAY - 1, ['90071992547409931', 1]],
      ],
      [keyOf('brands')]: [
        [
          0,
          [
            [5, 'aster'],
            [4, 'b;c'],
          ],
        ],
      ],
    },
    sums: { total_spent: { EUR: 24409194, JPY: 1200, KWD: -5, USD: 5 } },
  },
});

/** The one cell of a column. */
const cell = (column: string, of: Person = ada): string | undefined =>
  cellsOf({ columns: [column], traits: DEFAULT_RULES, computed })(of, NOON)[0];

describe('the cells of a row', () => {
  it.each([
    ['pid', 'p1'],
    ['segments', 'adults;loyal'],
    ['identifier:email', 'ada@new.example'],
    ['identifier:phone', '+33687654321'],
    ['identifier:userId', ''],
    ['trait:city', 'Paris'],
    ['trait:age', '36'],
    ['trait:vip', 'false'],
    ['trait:address', '{"zip":"75001"}'],
    ['trait:left', ''],
    ['trait:a:b', 'c'],
    ['trait:unheard_of', ''],
    ['computed:spent', '900719925474099.31'],
    ['computed:brands', '["aster","b;c"]'],
    ['computed:last', ''],
    ['computed:orders', '3'],
    ['computed:unheard-of', ''],
    ['consent:email/marketing', 'granted'],
    ['consent:sms/marketing', ''],
    ['event:Order Completed:count', '3'],
    ['event:Order Completed:first', '2026-11-22T12:00:00.000Z'],
    ['event:Order Completed:last', '2026-11-22T12:00:01.500Z'],
    ['event:Signed Up:count', '0'],
    ['event:Signed Up:last', ''],
    ['sum:total_spent:EUR', '244091.94'],
    ['sum:total_spent:USD', '0.05'],
    ['sum:total_spent:JPY', '1200'],
    ['sum:total_spent:KWD', '-0.005'],
    ['sum:total_spent:GBP', '0.00'],
    ['sum:refunds:JPY', '0'],
  ])('%s is %j', (column, text) => {
    expect(cell(column)).toBe(text);
  });

  it.each(['trait:constructor', 'consent:email/constructor', 'event:constructor:last', 'trait:__proto__'])(
    '%s finds nothing that nobody sent',
    (column) => {
      expect(cell(column)).toBe('');
    },
  );

  it('does not call an event uncounted by name one that never happened', () => {
    const busy = person('p2', { activity: { otherEvents: 7 } });

    expect(cell('event:Rare:count', busy)).toBe('');
  });

  it('come in the order of the columns', () => {
    expect(
      cellsOf({ columns: ['trait:age', { column: 'pid', header: 'key' }], traits: DEFAULT_RULES, computed })(
        ada,
        NOON,
      ),
    ).toEqual(['36', 'p1']);
  });
});

describe('an export for a channel', () => {
  const bounced = { 'email#ada@new.example': { reason: 'bounced', at: 6 } } as const;
  const eve = person('p3', { profile: { ...ada.profile, suppressed: bounced } });
  const columns = ['identifier:email', 'identifier:phone'];

  it('passes over an address that may not be written to', () => {
    expect(cellsOf({ columns, channel: 'email', traits: DEFAULT_RULES, computed })(eve, NOON)).toEqual([
      'ada@mid.example',
      '+33687654321',
    ]);
    expect(cellsOf({ columns, traits: DEFAULT_RULES, computed })(eve, NOON)).toEqual([
      'ada@new.example',
      '+33687654321',
    ]);
  });

  it('holds the address that eligibility chooses', () => {
    const twins = person('p4', {
      profile: {
        identifiers: { 'email#b@x.example': stampedAt(1), 'email#a@x.example': stampedAt(1) },
        consents: ada.profile.consents,
      },
    });

    const chosen = eligibility(twins, {
      target: () => undefined,
      traits: DEFAULT_RULES,
      channel: 'email',
      purpose: 'marketing',
      at: NOON,
    });

    expect(chosen).toEqual({ eligible: true, address: 'a@x.example' });
    expect(cellsOf({ columns, channel: 'email', traits: DEFAULT_RULES, computed })(twins, NOON)[0]).toBe(
      'a@x.example',
    );
  });
});
