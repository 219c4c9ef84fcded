import { describe, expect, it } from 'vitest';
import { dateFormat } from '#shared/imports/date-format.ts';

describe('dateFormat', () => {
  it.each([
    ['dd/MM/yyyy', '22/11/2026', { day: '2026-11-22' }],
    ['d.M.yyyy', '2.1.2026', { day: '2026-01-02' }],
    ['d.M.yyyy', '22.11.2026', { day: '2026-11-22' }],
    ['MM-dd-yyyy', '11-22-2026', { day: '2026-11-22' }],
    ['yyyyMMdd', '20261122', { day: '2026-11-22' }],
    ['yyyy-MM-ddTHH:mm', '2026-11-22T09:15', { day: '2026-11-22', wall: Date.UTC(2026, 10, 22, 9, 15) }],
    [
      'dd/MM/yyyy H:mm:ss',
      '22/11/2026 9:15:07',
      { day: '2026-11-22', wall: Date.UTC(2026, 10, 22, 9, 15, 7) },
    ],
    [
      'yyyy/MM/dd HH:mm:ss.SSS',
      '2026/11/22 09:15:07.089',
      { day: '2026-11-22', wall: Date.UTC(2026, 10, 22, 9, 15, 7, 89) },
    ],
    ['dd/MM/yyyy HH', '22/11/2026 24', { day: '2026-11-23', wall: Date.UTC(2026, 10, 23) }],
  ])('reads %s in %s', (format, text, date) => {
    expect(dateFormat(format)?.(text)).toEqual(date);
  });

  it.each([
    ['dd/MM/yyyy', '31/02/2026'],
    ['dd/MM/yyyy', '2/11/2026'],
    ['dd/MM/yyyy', '22/11/2026 '],
    ['dd/MM/yyyy', '22-11-2026'],
    ['dd.MM.yyyy', '22x11x2026'],
    ['dd/MM/yyyy HH:mm', '22/11/2026'],
    ['dd/MM/yyyy HH:mm', '22/11/2026 25:00'],
    ['dd/MM/yyyy HH:mm', '22/11/2026 09:60'],
  ])('reads nothing as %s in %j', (format, text) => {
    expect(dateFormat(format)?.(text)).toBeUndefined();
  });

  it.each([
    'dd/MM/yy',
    'MM/yyyy',
    'dd/MMM/yyyy',
    'dd/MM/yyyy mm',
    'dd/MM/yyyy HH:ss',
    'dd/MM/yyyy HH:mm:SSS',
    'dd/MM/yyyy HH:mm a',
    'dd/MM/yyyy d',
    'DD/MM/YYYY',
    'dd/MM/yyyyTT',
    `dd/MM/yyyy${' '.repeat(50)}`,
    '',
  ])('is none for %j', (format) => {
    expect(dateFormat(format)).toBeUndefined();
  });
});
