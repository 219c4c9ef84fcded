import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { dayStart, localDay, momentAt } from '#shared/kernel/calendar.ts';

const DAY_MS = 86_400_000;

/** Every zone there is; those with odd clocks come more often. */
const zone = fc.oneof(
  fc.constantFrom(...Intl.supportedValuesOf('timeZone')),
  fc.constantFrom(
    'Africa/Cairo',
    'Africa/Casablanca',
    'America/Havana',
    'America/Santiago',
    'America/St_Johns',
    'Asia/Kathmandu',
    'Australia/Lord_Howe',
    'Pacific/Apia',
    'Pacific/Kwajalein',
  ),
);
/** Of 1970 to 2040. */
const day = fc.nat(25_567);

const dateOf = (number: number): Temporal.PlainDate =>
  Temporal.PlainDate.from('1970-01-01').add({ days: number });

/** As the standard library will say it: the first moment at which clocks show this day or a later one. */
function temporalStart(number: number, timeZone: string): number {
  const start = dateOf(number).toZonedDateTime(timeZone).startOfDay();
  return start.epochMilliseconds;
}

const dayShown = (at: number, timeZone: string): number =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate().since('1970-01-01')
    .days;

describe('dayStart', () => {
  it('is the start of day that Temporal gives, in every zone, but for days that were left out', () => {
    fc.assert(
      fc.property(day, zone, (number, timeZone) => {
        const start = temporalStart(number, timeZone);
        fc.pre(dayShown(start, timeZone) === number);

        expect(dayStart(number, timeZone)).toBe(start);
      }),
      { numRuns: 2_000 },
    );
  });

  it('has clocks show that day or a later one from then on, and an earlier one just before', () => {
    fc.assert(
      fc.property(day, zone, (number, timeZone) => {
        const start = dayStart(number, timeZone);

        expect(dayShown(start, timeZone)).toBeGreaterThanOrEqual(number);
        expect(dayShown(start - 1, timeZone)).toBeLessThan(number);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('localDay', () => {
  it('is the last day that has begun', () => {
    fc.assert(
      fc.property(fc.nat(25_567 * DAY_MS), zone, (at, timeZone) => {
        const number = localDay(at, timeZone);

        expect(dayStart(number, timeZone)).toBeLessThanOrEqual(at);
        expect(dayStart(number + 1, timeZone)).toBeGreaterThan(at);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is the day that clocks show, but where they went back over midnight', () => {
    fc.assert(
      fc.property(fc.nat(25_567 * DAY_MS), zone, (at, timeZone) => {
        const shown = dayShown(at, timeZone);
        const number = localDay(at, timeZone);
        const wentBack = number > shown && at - dayStart(number, timeZone) < DAY_MS / 8;

        expect(number === shown || wentBack).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('momentAt', () => {
  it('is when Temporal says that clocks show a time, in every zone, the first one where they do twice', () => {
    fc.assert(
      fc.property(day, fc.nat(DAY_MS / 60_000 - 1), zone, (number, minute, timeZone) => {
        const shown = dateOf(number).toPlainDateTime().add({ minutes: minute });
        const expected = shown.toZonedDateTime(timeZone, { disambiguation: 'compatible' });

        expect(momentAt(number * DAY_MS + minute * 60_000, timeZone)).toBe(expected.epochMilliseconds);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['put forward', '2026-03-29T02:30', '2026-03-29T01:30:00Z'],
    ['put back', '2026-10-25T02:30', '2026-10-25T00:30:00Z'],
    ['put back, after it', '2026-10-25T03:30', '2026-10-25T02:30:00Z'],
  ])('knows the hour in which clocks are %s', (_, shown, at) => {
    expect(momentAt(Date.parse(`${shown}Z`), 'Europe/Paris')).toBe(Date.parse(at));
  });
});
