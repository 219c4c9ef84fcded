import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timeOf } from '#shared/events/event-time.ts';

describe('timeOf', () => {
  it('reads what toISOString writes as Date.parse does', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z') }), (date) => {
        fc.pre(!Number.isNaN(date.getTime()));

        expect(timeOf(date.toISOString())).toBe(date.getTime());
      }),
    );
  });

  it('reads any digits in that form as Date.parse does, days that no month has included', () => {
    const two = fc.integer({ min: 0, max: 99 }).map((number) => String(number).padStart(2, '0'));
    const year = fc.integer({ min: 0, max: 9999 }).map((number) => String(number).padStart(4, '0'));
    const close = fc.constantFrom(
      '01',
      '02',
      '12',
      '13',
      '00',
      '23',
      '24',
      '29',
      '30',
      '31',
      '32',
      '59',
      '60',
    );
    const part = fc.oneof(close, two);

    fc.assert(
      fc.property(
        year,
        fc.tuple(part, part, part, part, part),
        fc.integer({ min: 0, max: 999 }),
        (yyyy, rest, ms) => {
          const [month, day, hour, minute, second] = rest;
          const time = `${hour}:${minute}:${second}.${String(ms).padStart(3, '0')}Z`;
          const text = `${yyyy}-${month}-${day}T${time}`;
          const parsed = Date.parse(text);

          expect(timeOf(text)).toBe(parsed >= 0 ? parsed : undefined);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it.each(['x', '/', ';', '٣'])('takes no %j in place of a digit or a mark', (other) => {
    const text = '2026-11-22T12:34:56.789Z';
    const ways = Array.from(text, (_, index) => text.slice(0, index) + other + text.slice(index + 1));

    for (const way of ways) expect(timeOf(way)).toBeUndefined();
  });

  it.each([
    { text: '2026-11-22', at: '2026-11-22T00:00:00Z' },
    { text: ' 2026-11-22t12:34:56z ', at: '2026-11-22T12:34:56Z' },
    { text: '2026-11-22 12:34', at: '2026-11-22T12:34:00Z' },
    { text: '2026-11-22T12:34:56.789', at: '2026-11-22T12:34:56.789Z' },
    { text: '2026-11-22 12:34:56,789', at: '2026-11-22T12:34:56.789Z' },
    { text: '2026-11-22T12:34:56.78+02:00', at: '2026-11-22T10:34:56.780Z' },
    { text: '2026-11-22T12:34:56+0200', at: '2026-11-22T10:34:56Z' },
    { text: '2026-11-22T12:34:56.123456Z', at: '2026-11-22T12:34:56.123Z' },
  ])('reads $text, as other encoders write a time', ({ text, at }) => {
    expect(timeOf(text)).toBe(Date.parse(at));
  });

  it('reads numbers as far as texts go', () => {
    expect(timeOf(0)).toBe(0);
    expect(timeOf(253_402_300_799_999)).toBe(Date.parse('9999-12-31T23:59:59.999Z'));
  });

  it.each([
    '',
    'now',
    '1969-12-31T23:59:59.999Z',
    '2026',
    '22/11/2026',
    -1,
    1.5,
    Date.parse('2026-11-22') * 1_000,
    253_402_300_800_000,
    null,
    undefined,
    {},
  ])('takes %j for no time', (value) => {
    expect(timeOf(value)).toBeUndefined();
  });
});
