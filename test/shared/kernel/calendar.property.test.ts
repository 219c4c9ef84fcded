import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { dayStart, localDay } from '#shared/kernel/calendar.ts';

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
