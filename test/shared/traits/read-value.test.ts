import { describe, expect, it } from 'vitest';
import { readTrait } from '#shared/traits/read-trait.ts';
import { readValue } from '#shared/traits/read-value.ts';
import type { TraitDefinition, TraitType } from '#shared/traits/trait-definition.ts';

const read = (type: TraitType) => (value: unknown) => readValue(type, value, 'FR');

describe('a text', () => {
  it.each([
    [' Ada ', 'Ada'],
    ['Jose\u0301', 'José'],
    ['', ''],
    [7, '7'],
    [false, 'false'],
    [{}, undefined],
    [['a'], undefined],
  ])('of %j is %j', (value, expected) => {
    expect(read('text')(value)).toBe(expected);
  });
});

describe('a number', () => {
  // The grammar of numbers in JSON (RFC 8259, 6), and what else cannot mean another
  it.each([
    ['-0.5e+2', -50],
    ['1E400', undefined],
    ['+7', 7],
    ['.25', 0.25],
    ['5.', 5],
    [' 42 ', 42],
    ['007', 7],
    [1.25, 1.25],
    ['1e21', 1e21],
    ['9007199254740991', 9007199254740991],
    ['9007199254740993', undefined],
    ['1,5', undefined],
    ['1,000', undefined],
    ['1 000', undefined],
    ['0x10', undefined],
    ['', undefined],
    ['.', undefined],
    ['Infinity', undefined],
    [Number.POSITIVE_INFINITY, undefined],
    [true, undefined],
  ])('of %j is %j', (value, expected) => {
    expect(read('number')(value)).toBe(expected);
  });
});

describe('a boolean', () => {
  // https://www.postgresql.org/docs/current/datatype-boolean.html
  it.each([
    ...[true, 'TRUE', 't', 'true', 'y', 'yes', 'on', '1', ' Yes ', 1].map((value) => [value, true] as const),
    ...[false, 'FALSE', 'f', 'false', 'n', 'no', 'off', '0', 'OFF', 0].map(
      (value) => [value, false] as const,
    ),
    ...['', 'maybe', 'oui', '2', 2, -1, {}, null, ['true']].map((value) => [value, undefined] as const),
  ])('of %j is %j', (value, expected) => {
    expect(read('boolean')(value)).toBe(expected);
  });
});

describe('a country', () => {
  it.each<readonly [value: unknown, expected: string | undefined]>([
    // ISO 3166-1, alpha-2 and alpha-3: those whose letters say least of each other
    ...[
      ['AE', 'ARE'],
      ['AN', undefined],
      ['AQ', 'ATA'],
      ['BY', 'BLR'],
      ['CD', 'COD'],
      ['CG', 'COG'],
      ['CH', 'CHE'],
      ['DE', 'DEU'],
      ['EH', 'ESH'],
      ['GQ', 'GNQ'],
      ['GW', 'GNB'],
      ['IQ', 'IRQ'],
      ['KM', 'COM'],
      ['KP', 'PRK'],
      ['KR', 'KOR'],
      ['MO', 'MAC'],
      ['PM', 'SPM'],
      ['PS', 'PSE'],
      ['SZ', 'SWZ'],
      ['TF', 'ATF'],
      ['UA', 'UKR'],
      ['UM', 'UMI'],
      ['WF', 'WLF'],
      ['YT', 'MYT'],
    ].flatMap(([short, long]): (readonly [unknown, string | undefined])[] =>
      long === undefined
        ? [[short, undefined]]
        : [
            [short, short],
            [long, short],
          ],
    ),
    // Names of the standard, and of CLDR
    ['France', 'FR'],
    ['united kingdom', 'GB'],
    ['UK', 'GB'],
    ['U.S.A.', 'US'],
    ['United States of America', 'US'],
    ["COTE D'IVOIRE", 'CI'],
    ['Côte d’Ivoire', 'CI'],
    ['Türkiye', 'TR'],
    ['Turkey', 'TR'],
    ['Bosnia and Herzegovina', 'BA'],
    ['Bosnia & Herzegovina', 'BA'],
    ['Hong Kong', 'HK'],
    ['São Tomé & Príncipe', 'ST'],
    ['Guinea-Bissau', 'GW'],
    ['Guinea Bissau', 'GW'],
    ['Korea, Republic of', undefined],
    ['Republic of Korea', 'KR'],
    [' fr ', 'FR'],
    ['EU', undefined],
    ['XX', undefined],
    ['Mars', undefined],
    ['', undefined],
    ['x'.repeat(101), undefined],
    [250, undefined],
  ])('of %j is %j', (value, expected) => {
    expect(read('country')(value)).toBe(expected);
  });
});

describe('a currency', () => {
  it.each([
    ['EUR', 'EUR'],
    [' usd ', 'USD'],
    ['XYZ', undefined],
    ['€', undefined],
    [978, undefined],
  ])('of %j is %j', (value, expected) => {
    expect(read('currency')(value)).toBe(expected);
  });
});

describe('money', () => {
  // ISO 4217: minor units of 0, 2 and 3 decimals
  it.each([
    ['12.5 EUR', { currency: 'EUR', minor: 1250 }],
    [' eur 12.50 ', { currency: 'EUR', minor: 1250 }],
    ['-3USD', { currency: 'USD', minor: -300 }],
    ['1200 JPY', { currency: 'JPY', minor: 1200 }],
    ['1.234 KWD', { currency: 'KWD', minor: 1234 }],
    ['1.234 BHD', { currency: 'BHD', minor: 1234 }],
    [
      { amount: 12.5, currency: 'EUR' },
      { currency: 'EUR', minor: 1250 },
    ],
    [
      { value: '12.5', currency: 'eur' },
      { currency: 'EUR', minor: 1250 },
    ],
    [
      { total: 3, currency: 'JPY' },
      { currency: 'JPY', minor: 3 },
    ],
    [
      { minor: 7, currency: 'EUR' },
      { currency: 'EUR', minor: 7 },
    ],
    [{ amount: 12.5 }, undefined],
    [{ amount: 'much', currency: 'EUR' }, undefined],
    [{ minor: 0.5, currency: 'EUR' }, undefined],
    [{ minor: 7, currency: 'shells' }, undefined],
    [{ minor: 7, currency: 978 }, undefined],
    ['12.5 EURO', undefined],
    ['@12.5 EUR', undefined],
    ['12.5', undefined],
    ['EUR 12 EUR', undefined],
    ['12,5 EUR', undefined],
    ['12.5 XYZ', undefined],
    [`${'1'.repeat(40)} EUR`, undefined],
    [12.5, undefined],
    [null, undefined],
    [['12.5 EUR'], undefined],
  ])('of %j is %j', (value, expected) => {
    expect(read('money')(value)).toEqual(expected);
  });
});

describe('a phone number and an address', () => {
  it.each([
    ['phone', '06 12 34 56 78', '+33612345678'],
    ['phone', 33612345678, '+33612345678'],
    ['phone', 612345678, '+33612345678'],
    ['phone', 2 ** 53, undefined],
    ['phone', '+12133734253 x9', '+12133734253;ext=9'],
    ['phone', 3361234567.8, undefined],
    ['phone', ['+33612345678'], undefined],
    ['email', ' A.da@Example.com', 'a.da@example.com'],
    ['email', 7, undefined],
  ] as const)('of the type %s are read from %j as %j', (type, value, expected) => {
    expect(read(type)(value)).toBe(expected);
  });
});

describe('readTrait', () => {
  const rule = (said: Partial<TraitDefinition>): TraitDefinition => ({
    id: 't',
    strategy: 'latest',
    ...said,
  });

  it.each([
    [{}, ' x ', { value: ' x ' }],
    [{}, '', { value: '' }],
    [{ type: 'number' }, null, { value: null }],
    [{ type: 'number' }, '7', { value: 7 }],
    [{ type: 'number' }, ' ', { value: undefined }],
    [{ type: 'number' }, 'x', { value: undefined, refused: 'invalid' }],
    [{ type: 'text' }, {}, { value: undefined, refused: 'invalid' }],
    [{ strategy: 'union' }, null, { value: null }],
    [{ strategy: 'union' }, ['a', null, ['b']], { value: ['a', 'b'] }],
    [{ strategy: 'union' }, [], { value: undefined }],
    [{ strategy: 'union', type: 'number' }, ['1', 'x', ' '], { value: [1], refused: 'invalid' }],
    [{ strategy: 'union' }, ['a', 'x'.repeat(255)], { value: ['a'], refused: 'too_large' }],
    [{ strategy: 'union' }, ['x'.repeat(254)], { value: ['x'.repeat(254)] }],
    [{ strategy: 'union' }, ['€'.repeat(85)], { value: undefined, refused: 'too_large' }],
    [{ strategy: 'mostTrustedSource' }, 'x'.repeat(255), { value: undefined, refused: 'too_large' }],
    [{ strategy: 'mostTrustedSource' }, 'x', { value: 'x' }],
    [{ strategy: 'mostTrustedSource' }, null, { value: null }],
    [{ strategy: 'max' }, 'x'.repeat(500), { value: 'x'.repeat(500) }],
  ] as const)('by the rule %j makes of %j: %j', (said, value, expected) => {
    expect(readTrait(value, rule(said), undefined)).toEqual(expected);
  });
});
