import { describe, expect, it } from 'vitest';
import { normalPhone, phoneText, readPhone } from '#shared/identity/phone-form.ts';

describe('normalPhone', () => {
  it.each([
    // The README of libphonenumber-js
    [' 8 (800) 555-35-35 ', 'RU', '+78005553535'],
    ['+1 213 373 4253', undefined, '+12133734253'],
    ['8 (800) 555-35-35', undefined, undefined],
    // The tests of Google's libphonenumber, phonenumberutil_test: testParseNationalNumber, …WithInternationalPrefixes
    ['033316005', 'NZ', '+6433316005'],
    ['03-331 6005', 'NZ', '+6433316005'],
    ['+64 3 331 6005', undefined, '+6433316005'],
    ['0064 3 331 6005', 'NZ', '+6433316005'],
    ['tel:03-331-6005;phone-context=+64', 'US', '+6433316005'],
    ['\uFF0B\uFF11\uFF12\uFF11\uFF13\uFF13\uFF17\uFF13\uFF14\uFF12\uFF15\uFF13', undefined, '+12133734253'],
    // RFC 3966, 6
    ['tel:+1-201-555-0123', undefined, '+12015550123'],
    // Ofcom's numbers for drama, and Arcep's
    ['020 7946 0958', 'GB', '+442079460958'],
    ['+44 (0)20 7946 0958', undefined, '+442079460958'],
    ['06 12 34 56 78', 'FR', '+33612345678'],
    // An Italian number keeps its zero
    ['02 12345678', 'IT', '+390212345678'],
    ['06 12 34 56 78', undefined, undefined],
    ['06 12 34 56 78', 'XX', undefined],
    ['12', 'FR', undefined],
    ['call me', 'FR', undefined],
    [`+33 6 ${' '.repeat(40)} 12345678`, 'FR', undefined],
    // Forty characters, and one more
    [`06 12 34 56 ${' '.repeat(26)}78`, 'FR', '+33612345678'],
    [`06 12 34 56 ${' '.repeat(27)}78`, 'FR', undefined],
    [`${' '.repeat(41)}06 12 34 56 78`, 'FR', '+33612345678'],
    ['', undefined, undefined],
  ])('reads %j in %s as %s', (text, country, normal) => {
    expect(normalPhone(text, country)).toBe(normal);
    expect(normalPhone(text, country)).toBe(normal);
  });

  // E.164, 6.1: fifteen digits at most, of which the country code's first is no zero
  it.each([
    ['+33612345678', '+33612345678'],
    ['+123456789012345', '+123456789012345'],
    ['+1234567', '+1234567'],
    [' +33612345678\n', '+33612345678'],
    ['mobile: +33612345678', '+33612345678'],
    ['+1234567890123456', undefined],
    ['+0612345678', undefined],
    ['+123456', undefined],
  ])('takes %j, if it is E.164, without a look at its country', (text, normal) => {
    expect(normalPhone(text)).toBe(normal);
  });

  it('finds nobody behind a switchboard', () => {
    expect(normalPhone('(213) 373-42-53 ext. 1234.', 'US')).toBeUndefined();
    expect(normalPhone('tel:+1-213-373-4253;ext=1234')).toBeUndefined();
  });
});

describe('phoneText', () => {
  it.each([
    ['(213) 373-42-53 ext. 1234.', 'US', '+12133734253;ext=1234'],
    ['tel:+1-213-373-4253;ext=1234', undefined, '+12133734253;ext=1234'],
    ['+12133734253;ext=1234', undefined, '+12133734253;ext=1234'],
    ['(213) 373-42-53', 'US', '+12133734253'],
    ['+12133734253', undefined, '+12133734253'],
    ['nothing', 'US', undefined],
  ])('writes %j as RFC 3966 does', (text, country, written) => {
    expect(phoneText(text, country)).toBe(written);
  });
});

it('reads many thousands of different numbers, each as itself', () => {
  const numbers = Array.from({ length: 10_050 }, (_, n) => String(612_000_000 + n));

  for (const number of numbers) {
    if (readPhone(`0${number}`, 'FR')?.number !== `+33${number}`) throw new Error(number);
  }

  expect(readPhone('0612000000', 'FR')).toEqual({ number: '+33612000000' });
  expect(readPhone('0612000000', 'DE')?.number).not.toBe('+33612000000');
});
