import { expect, it } from 'vitest';
import { nextDue, parseScheduleExpression } from '#local/services/schedule-expression.ts';

/** The next times after `from`, in UTC. */
function following(text: string, o: { from: string; zone?: string; count?: number }): string[] {
  const expression = parseScheduleExpression(text, o.zone ?? 'UTC');
  const times: string[] = [];
  let after: number | undefined = Date.parse(o.from);
  const anchor = after;
  while (times.length < (o.count ?? 1)) {
    after = nextDue(expression, { after, anchor });
    if (after === undefined) break;
    times.push(new Date(after).toISOString().replace(':00.000Z', 'Z'));
  }
  return times;
}

it.each([
  ['cron(0 9 * * ? *)', '2026-01-31T09:00:00Z', ['2026-02-01T09:00Z', '2026-02-02T09:00Z']],
  ['cron(*/20 22-23 ? * MON-FRI *)', '2026-11-20T23:39:00Z', ['2026-11-20T23:40Z', '2026-11-23T22:00Z']],
  ['cron(5/25 0 1,15 jan,JUL ? 2027)', '2026-11-20T00:00:00Z', ['2027-01-01T00:05Z', '2027-01-01T00:30Z']],
  ['cron(0 0 L * ? *)', '2028-02-01T00:00:00Z', ['2028-02-29T00:00Z', '2028-03-31T00:00Z']],
  ['cron(0 0 1W * ? *)', '2026-07-20T00:00:00Z', ['2026-08-03T00:00Z', '2026-09-01T00:00Z']],
  ['cron(0 0 31W * ? *)', '2026-04-01T00:00:00Z', ['2026-05-29T00:00Z', '2026-07-31T00:00Z']],
  ['cron(0 0 ? * 6#3 *)', '2026-11-01T00:00:00Z', ['2026-11-20T00:00Z', '2026-12-18T00:00Z']],
  ['cron(0 0 ? * SUNL *)', '2026-10-01T00:00:00Z', ['2026-10-25T00:00Z', '2026-11-29T00:00Z']],
  ['cron(0 0 ? * L *)', '2026-11-22T00:00:00Z', ['2026-11-28T00:00Z', '2026-12-05T00:00Z']],
  ['cron(0 0 30 2 ? *)', '2026-11-22T00:00:00Z', []],
  ['cron(0 0 1 1 ? 2020)', '2026-11-22T00:00:00Z', []],
  ['rate(90 minutes)', '2026-11-22T00:00:00Z', ['2026-11-22T01:30Z', '2026-11-22T03:00Z']],
  ['at(2026-11-23T10:00:00)', '2026-11-22T00:00:00Z', ['2026-11-23T10:00Z']],
])('%s after %s is due at %j', (text, from, times) => {
  expect(following(text, { from, count: 2 })).toEqual(times);
});

it.each([
  [
    'noon keeps to the wall clock in spring',
    'cron(0 12 * * ? *)',
    '2026-03-28T00:00:00Z',
    ['2026-03-28T11:00Z', '2026-03-29T10:00Z'],
  ],
  [
    'a time that the clock skips is skipped',
    'cron(30 2 * * ? *)',
    '2026-03-28T00:00:00Z',
    ['2026-03-28T01:30Z', '2026-03-30T00:30Z'],
  ],
  [
    'a time that comes twice counts once',
    'cron(30 2 * * ? *)',
    '2026-10-24T12:00:00Z',
    ['2026-10-25T00:30Z', '2026-10-26T01:30Z'],
  ],
  [
    'the repeated hour does not repeat',
    'cron(0/30 2,3 25 10 ? *)',
    '2026-10-24T12:00:00Z',
    ['2026-10-25T00:00Z', '2026-10-25T00:30Z', '2026-10-25T02:00Z'],
  ],
  [
    'a rate counts hours, not days',
    'rate(1 day)',
    '2026-10-24T10:00:00Z',
    ['2026-10-25T10:00Z', '2026-10-26T10:00Z'],
  ],
  ['a one-time schedule is local', 'at(2026-07-01T09:00:00)', '2026-01-01T00:00:00Z', ['2026-07-01T07:00Z']],
])('in Europe/Paris %s', (_name, text, from, times) => {
  expect(following(text, { from, zone: 'Europe/Paris', count: times.length })).toEqual(times);
});

it('heeds zones of half an hour', () => {
  const from = '2026-11-22T00:00:00Z';
  expect(following('cron(0 9 * * ? *)', { from, zone: 'Asia/Kolkata' })).toEqual(['2026-11-22T03:30Z']);
});

it.each([
  'cron(0 9 * * * *)',
  'cron(0 9 * * ?)',
  'cron(60 9 * * ? *)',
  'cron(0 9 ? * MOO *)',
  'cron(0 9 ? * 2#6 *)',
  'cron(0 9-8 * * ? *)',
  'cron(*/0 9 * * ? *)',
  'rate(0 minutes)',
  'rate(5 weeks)',
  'at(2026-13-01T00:00:00)',
  'at(2026-11-22)',
  'every day',
])('refuses %s', (text) => {
  expect(() => parseScheduleExpression(text, 'UTC')).toThrow(RangeError);
});

it('refuses a time zone that is none', () => {
  expect(() => parseScheduleExpression('rate(1 day)', 'Europe/Atlantis')).toThrow(RangeError);
});
