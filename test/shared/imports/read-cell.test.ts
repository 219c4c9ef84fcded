import { describe, expect, it } from 'vitest';
import { ImportColumn } from '#shared/imports/import.ts';
import { cellReader, isBlank, momentReader, serialDate, textOf } from '#shared/imports/read-cell.ts';

const read = (column: object, cell: unknown): unknown =>
  cellReader(ImportColumn.parse({ to: 'trait:it', ...column }))(cell);
const moment = (column: object, cell: unknown): number | undefined =>
  momentReader(ImportColumn.parse({ to: 'timestamp', ...column }))(cell);

describe('a cell', () => {
  it.each([[undefined], [null], [''], ['  \u00a0']])('of %j is blank', (cell) => {
    expect(isBlank(cell)).toBe(true);
  });

  it.each([[0], [false], ['x'], [{}]])('of %j is not blank', (cell) => {
    expect(isBlank(cell)).toBe(false);
  });

  it.each([
    [' a ', 'a'],
    [612345678, '612345678'],
    [true, 'true'],
    [Number.NaN, undefined],
    [0.1, '0.1'],
    [-1234.5, '-1234.5'],
    [2 ** 53 - 1, '9007199254740991'],
    [2 ** 53, undefined],
    [[], undefined],
  ])('of %j is the text %j', (cell, text) => {
    expect(textOf(cell)).toBe(text);
  });
});

describe('reading a cell', () => {
  it.each([
    ['no type', {}, ' Zoe\u0308 ', 'Zoë'],
    ['no type', {}, 1.5, 1.5],
    ['no type', {}, ['a'], ['a']],
    ['text', { type: 'text' }, 7, '7'],
    ['text', { type: 'text' }, ' Zoe\u0308 ', 'Zoë'],
    ['text', { type: 'text' }, {}, undefined],
    ['number', { type: 'number' }, '1234.5', 1234.5],
    ['number', { type: 'number' }, '1,5', undefined],
    ['number', { type: 'number' }, 1.5, 1.5],
    ['number', { type: 'number' }, '', undefined],
    ['decimal comma', { type: 'number', decimal: ',' }, '1.234.567,89', 1234567.89],
    ['decimal comma', { type: 'number', decimal: ',' }, '1 234,5', 1234.5],
    ['decimal comma', { type: 'number', decimal: ',' }, '1\u202f234', 1234],
    ['decimal comma', { type: 'number', decimal: ',' }, '-12,50', -12.5],
    ['decimal comma', { type: 'number', decimal: ',' }, '12.50', undefined],
    ['decimal comma', { type: 'number', decimal: ',' }, '1.234 567', undefined],
    ['decimal comma', { type: 'number', decimal: ',' }, '12,5,0', undefined],
    ['decimal comma', { type: 'number', decimal: ',' }, 12.5, 12.5],
    ['decimal point', { type: 'number', decimal: '.' }, '1,234,567.89', 1234567.89],
    ['decimal point', { type: 'number', decimal: '.' }, "1'234.5", 1234.5],
    ['decimal point', { type: 'number', decimal: '.' }, '12,50', undefined],
    ['integer', { type: 'integer' }, '12', 12],
    ['integer', { type: 'integer' }, '12.0', 12],
    ['integer', { type: 'integer' }, '12.5', undefined],
    ['integer', { type: 'integer', decimal: ',' }, '1.200', 1200],
    ['integer', { type: 'integer' }, '9007199254740993', undefined],
    ['boolean', { type: 'boolean' }, 'oui', true],
    ['boolean of two words', { type: 'boolean', format: 'ja/nein' }, 'Nein', false],
    ['boolean of two words', { type: 'boolean', format: 'ja/nein' }, 'no', undefined],
    ['boolean of two words', { type: 'boolean', format: '1/2' }, 2, false],
    ['boolean of two words', { type: 'boolean', format: 'ja/nein' }, true, true],
    ['country', { type: 'country' }, 'Deutschland', undefined],
    ['country', { type: 'country' }, 'germany', 'DE'],
    ['date', { type: 'date' }, '2026-11-22', '2026-11-22'],
    ['date', { type: 'date' }, '01/02/2026', undefined],
    ['date', { type: 'date' }, '2026-11-22T23:30:00Z', '2026-11-22'],
    ['date in a zone', { type: 'date', timeZone: 'Europe/Paris' }, '2026-11-22T23:30:00Z', '2026-11-23'],
    ['date in a zone', { type: 'date', timeZone: 'Europe/Paris' }, '2026-11-22T23:30', '2026-11-22'],
    ['date by format', { type: 'date', format: 'dd/MM/yyyy' }, '01/02/2026', '2026-02-01'],
    ['date by format', { type: 'date', format: 'dd/MM/yyyy' }, '2026-02-01', '2026-02-01'],
    ['date by format', { type: 'date', format: 'dd/MM/yyyy' }, '1.2.2026', undefined],
    ['year first', { type: 'date', format: 'yyyy-dd-MM' }, '2026-02-01', '2026-01-02'],
    ['year first', { type: 'date', format: 'yyyy-dd-MM' }, '2026-01-22', undefined],
    ['epoch', { type: 'date', format: 'epochSeconds' }, '0', '1970-01-01'],
    ['epoch', { type: 'datetime', format: 'epochMilliseconds' }, 1_500, '1970-01-01T00:00:01.500Z'],
    ['epoch', { type: 'date', format: 'epochSeconds' }, 'x', undefined],
    ['excel', { type: 'date', format: 'excel' }, '45983', '2025-11-22'],
    ['excel', { type: 'datetime', format: 'excel' }, 45983.5, '2025-11-22T12:00:00.000Z'],
    ['excel', { type: 'date', format: 'excel' }, '2025-11-22', '2025-11-22'],
    ['excel', { type: 'date', format: 'excel' }, 'soon', undefined],
    ['datetime', { type: 'datetime' }, '2026-11-22', '2026-11-22T00:00:00.000Z'],
    [
      'datetime',
      { type: 'datetime', timeZone: 'Europe/Paris' },
      '2026-11-22 09:15',
      '2026-11-22T08:15:00.000Z',
    ],
    [
      'datetime',
      { type: 'datetime', timeZone: 'Europe/Paris' },
      '2026-11-22T09:15+05:00',
      '2026-11-22T04:15:00.000Z',
    ],
    ['datetime', { type: 'datetime', timeZone: 'Europe/Paris' }, '1795313341295', '2026-11-22T02:09:01.295Z'],
  ])('of %s: %j of %j is %j', (_, column, cell, value) => {
    expect(read(column, cell)).toEqual(value);
  });

  it("takes a day for its midnight in the time zone, and a time for that zone's", () => {
    const paris = { timeZone: 'Europe/Paris', format: 'dd/MM/yyyy HH:mm' };

    expect(moment({ timeZone: 'Europe/Paris', type: 'date', format: 'dd/MM/yyyy' }, '22/11/2026')).toBe(
      Date.UTC(2026, 10, 21, 23),
    );
    expect(moment(paris, '22/07/2026 10:00')).toBe(Date.UTC(2026, 6, 22, 8));
    expect(moment(paris, '31/02/2026 10:00')).toBeUndefined();
  });
});

describe('serialDate', () => {
  it.each([
    [61, { day: '1900-03-01' }],
    [29_221, { day: '1980-01-01' }],
    [45_983.4375, { day: '2025-11-22', wall: Date.UTC(2025, 10, 22, 10, 30) }],
    [2_958_465, { day: '9999-12-31' }],
  ])('reads %j', (serial, date) => {
    expect(serialDate(serial)).toEqual(date);
  });

  it.each([60, 0.5, -1, 2_958_466, Number.NaN])('reads nothing from %j', (serial) => {
    expect(serialDate(serial)).toBeUndefined();
  });
});
