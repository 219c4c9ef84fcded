import { describe, expect, it } from 'vitest';
import { countryNames, readCountry } from '#shared/traits/country.ts';

describe('countryNames', () => {
  const codes = new Map([...countryNames()].map(([name, code]) => [name, code]));

  // ISO 3166-1 has 249 codes
  it('have each country by its two letters and by its three', () => {
    const ofLength = (length: number) =>
      [...codes].filter(([name]) => new RegExp(`^[a-z]{${length}}$`).test(name));
    const all = new Set(codes.values());

    expect(all.size).toBe(249);
    expect(ofLength(2).filter(([name, code]) => name.toUpperCase() === code)).toHaveLength(249);
    expect(new Set(ofLength(3).map(([, code]) => code))).toEqual(all);
  });

  it('have its long name and its short one', () => {
    expect(
      ['hong kong', 'hong kong sar china', 'us', 'united states', 'côte d ivoire'].map((name) =>
        codes.get(name),
      ),
    ).toEqual(['HK', 'HK', 'US', 'US', undefined]);
  });
});

describe('readCountry', () => {
  it.each([
    ['UK', 'GB'],
    ['u.k.', 'GB'],
    ['U.S.', 'US'],
    ['U.S.A.', 'US'],
    ['United States of America', 'US'],
    ['Great Britain', 'GB'],
    ['Russian Federation', 'RU'],
    ['Republic of Korea', 'KR'],
    ['Czech Republic', 'CZ'],
    ['Holland', 'NL'],
    ['The Netherlands', 'NL'],
    ['Turkey', 'TR'],
    ['Ivory Coast', 'CI'],
    ['Cape Verde', 'CV'],
    ['Swaziland', 'SZ'],
    ['Macedonia', 'MK'],
    ['East Timor', 'TL'],
    ['Viet Nam', 'VN'],
    ['Burma', 'MM'],
  ])('knows that people call %j what CLDR calls otherwise', (name, code) => {
    expect(readCountry(name)).toBe(code);
  });

  it.each(['N/A', 'n.a.', 'n. a.'])('does not take %j, which says nothing, for Namibia', (value) => {
    expect(readCountry(value)).toBeUndefined();
  });

  it('takes a dot in a name as CLDR does', () => {
    expect(['St. Lucia', 'St Lucia', 'ST.LUCIA'].map(readCountry)).toEqual(['LC', 'LC', 'LC']);
  });
});
