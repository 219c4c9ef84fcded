import { describe, expect, it } from 'vitest';
import { dayStart, isTimeZone, localDay } from '#shared/kernel/calendar.ts';

const dayNumber = (date: string): number => Date.parse(`${date}T00:00Z`) / 86_400_000;
const start = (date: string, timeZone: string): string =>
  new Date(dayStart(dayNumber(date), timeZone)).toISOString();
const day = (time: string, timeZone: string): string =>
  new Date(localDay(Date.parse(time), timeZone) * 86_400_000).toISOString().slice(0, 10);

describe('dayStart', () => {
  it.each([
    { name: 'midnight', zone: 'UTC', date: '2026-11-22', is: '2026-11-22T00:00:00.000Z' },
    { name: 'east of Greenwich', zone: 'Asia/Tokyo', date: '2026-11-22', is: '2026-11-21T15:00:00.000Z' },
    { name: 'far west', zone: 'America/Los_Angeles', date: '2026-11-22', is: '2026-11-22T08:00:00.000Z' },
    { name: 'the far east', zone: 'Pacific/Kiritimati', date: '2026-11-22', is: '2026-11-21T10:00:00.000Z' },
    { name: 'half an hour', zone: 'Asia/Kolkata', date: '2026-11-22', is: '2026-11-21T18:30:00.000Z' },
    { name: 'three quarters', zone: 'Asia/Kathmandu', date: '2026-11-22', is: '2026-11-21T18:15:00.000Z' },
    { name: 'a new year', zone: 'Europe/Paris', date: '2027-01-01', is: '2026-12-31T23:00:00.000Z' },
    { name: 'a leap day', zone: 'Europe/Paris', date: '2028-02-29', is: '2028-02-28T23:00:00.000Z' },
    { name: 'the day after it', zone: 'Europe/Paris', date: '2028-03-01', is: '2028-02-29T23:00:00.000Z' },
    { name: 'a day of 23 hours', zone: 'Europe/Paris', date: '2026-03-29', is: '2026-03-28T23:00:00.000Z' },
    { name: 'the day after it', zone: 'Europe/Paris', date: '2026-03-30', is: '2026-03-29T22:00:00.000Z' },
    { name: 'a day of 25 hours', zone: 'Europe/Paris', date: '2026-10-25', is: '2026-10-24T22:00:00.000Z' },
    { name: 'the day after it', zone: 'Europe/Paris', date: '2026-10-26', is: '2026-10-25T23:00:00.000Z' },
    { name: 'no midnight', zone: 'America/Santiago', date: '2026-09-06', is: '2026-09-06T04:00:00.000Z' },
    { name: 'no midnight', zone: 'Africa/Cairo', date: '2026-04-24', is: '2026-04-23T22:00:00.000Z' },
    { name: 'midnight twice', zone: 'America/Havana', date: '2026-11-01', is: '2026-11-01T04:00:00.000Z' },
    { name: 'a short hour', zone: 'Australia/Lord_Howe', date: '2026-10-05', is: '2026-10-04T13:00:00.000Z' },
    { name: 'a day left out', zone: 'Pacific/Apia', date: '2011-12-30', is: '2011-12-30T10:00:00.000Z' },
    { name: 'the day after it', zone: 'Pacific/Apia', date: '2011-12-31', is: '2011-12-30T10:00:00.000Z' },
    { name: 'the first of 1970', zone: 'Asia/Tokyo', date: '1970-01-01', is: '1969-12-31T15:00:00.000Z' },
  ])('begins $date in $zone: $name', ({ zone, date, is }) => {
    expect(start(date, zone)).toBe(is);
  });

  it('forgets days that it was asked for long ago, and finds them again', () => {
    for (let other = 0; other < 9_000; other++) dayStart(other, 'Asia/Tokyo');

    expect(start('1970-01-01', 'Asia/Tokyo')).toBe('1969-12-31T15:00:00.000Z');
  });
});

describe('localDay', () => {
  it.each([
    { zone: 'UTC', at: '2026-11-21T23:59:59.999Z', is: '2026-11-21' },
    { zone: 'UTC', at: '2026-11-22T00:00:00.000Z', is: '2026-11-22' },
    { zone: 'Asia/Tokyo', at: '2026-11-21T15:00:00.000Z', is: '2026-11-22' },
    { zone: 'America/New_York', at: '2027-01-01T04:59:59.999Z', is: '2026-12-31' },
    { zone: 'America/New_York', at: '2027-01-01T05:00:00.000Z', is: '2027-01-01' },
    { zone: 'Europe/Paris', at: '2028-02-29T22:59:59.999Z', is: '2028-02-29' },
    { zone: 'Pacific/Apia', at: '2011-12-30T09:59:59.999Z', is: '2011-12-29' },
    { zone: 'Pacific/Apia', at: '2011-12-30T10:00:00.000Z', is: '2011-12-31' },
    // Clocks went back over midnight, at 00:01: the hour that comes again is of the day that had begun
    { zone: 'America/St_Johns', at: '2010-11-07T02:29:59.999Z', is: '2010-11-06' },
    { zone: 'America/St_Johns', at: '2010-11-07T02:30:00.000Z', is: '2010-11-07' },
    { zone: 'America/St_Johns', at: '2010-11-07T03:00:00.000Z', is: '2010-11-07' },
  ])('is $is at $at in $zone', ({ zone, at, is }) => {
    expect(day(at, zone)).toBe(is);
  });
});

describe('isTimeZone', () => {
  it.each([
    ['Europe/Paris', true],
    ['UTC', true],
    ['Asia/Calcutta', true],
    ['Europe/Atlantis', false],
    ['+01:00', false],
    ['', false],
  ])('%j is %j', (name, is) => {
    expect(isTimeZone(name)).toBe(is);
  });
});
