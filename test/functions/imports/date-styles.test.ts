import { describe, expect, it } from 'vitest';
import { isDateFormat } from '#functions/imports/date-styles.ts';

describe('isDateFormat', () => {
  it.each([14, 15, 17, 22, 27, 31, 36, 50, 54, 57, 58])(
    'knows the format %d, which no workbook says',
    (id) => {
      expect(isDateFormat(id, undefined)).toBe(true);
    },
  );

  it.each([0, 1, 9, 11, 13, 18, 21, 23, 26, 32, 35, 37, 45, 47, 49, 55, 56, 59])(
    'knows that %d is none',
    (id) => {
      expect(isDateFormat(id, undefined)).toBe(false);
    },
  );

  it.each([
    'dd/mm/yyyy',
    'yyyy\\-mm\\-dd hh:mm',
    '[$-40C]d mmmm yyyy;@',
    'mmm',
    '[Red]yy',
    'd"."m"."',
    'DD.MM.YY',
  ])('takes %s for a date', (code) => {
    expect(isDateFormat(164, code)).toBe(true);
  });

  it.each([
    'General',
    '0.00',
    '#,##0 "days"',
    '[h]:mm:ss',
    'hh:mm',
    'mm:ss',
    '0.00E+00',
    '0;[Red]"d"0',
    '0\\d',
    '#_d',
    '0;dd',
  ])('takes %s for none', (code) => {
    expect(isDateFormat(164, code)).toBe(false);
  });
});
