import { describe, expect, it } from 'vitest';
import { aggregatesOf } from '#shared/segments/aggregates.ts';
import { compileSegments } from '#shared/segments/compile.ts';
import { Condition } from '#shared/segments/condition.ts';
import { KEPT_TIMES } from '#shared/segments/event-plan.ts';
import { counting } from '#test/support/computed-rules.ts';
import { person } from '#test/support/person.ts';
import type { RawEvent } from '#test/support/situation.ts';
import { after as living } from '#test/support/situation-arbitraries.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const NOW = Date.parse('2026-11-22T09:15:00Z');

const at = (name: string, time: number, properties = {}): RawEvent => ({ name, at: time, properties });
const ago = (name: string, ms: number, properties = {}): RawEvent => at(name, NOW - ms, properties);

/** What a condition comes to, and when that could change, of somebody who did this. */
function explain(
  said: unknown,
  events: readonly RawEvent[],
  { since = 0, now = NOW, person: somebody = person('p') } = {},
) {
  const condition = Condition.parse(said);
  const computed = counting(aggregatesOf(condition, 'UTC'), { since });
  const definitions = compileSegments([{ id: 's', name: 'S', condition }], 1, { computed });
  return definitions.explain('s', living(somebody, events, { computed, set: 'm' }), now);
}

const basket = {
  sequence: {
    first: { event: 'Added' },
    followedBy: { event: 'Ordered' },
    within: '1h',
    absent: true,
  },
};
const bought = { sequence: { ...basket.sequence, absent: false } };

describe('a sequence', () => {
  it.each([
    ['nobody who never did the first', [], false, false],
    ['neither before the time is over', [ago('Added', 60 * MINUTE - 1)], false, false],
    ['absence once it is over', [ago('Added', 60 * MINUTE)], true, false],
    ['what followed at once', [ago('Added', 61 * MINUTE), ago('Ordered', 61 * MINUTE)], false, true],
    ['what followed just in time', [ago('Added', 70 * MINUTE), ago('Ordered', 10 * MINUTE + 1)], false, true],
    ['not what followed too late', [ago('Added', 70 * MINUTE), ago('Ordered', 10 * MINUTE)], true, false],
    ['not what came before', [ago('Added', 70 * MINUTE), ago('Ordered', 71 * MINUTE)], true, false],
    [
      'the last of several firsts alone',
      [ago('Added', 200 * MINUTE), ago('Ordered', 199 * MINUTE), ago('Added', 70 * MINUTE)],
      true,
      false,
    ],
  ])('takes %s', (_, events, isAbsent, isThere) => {
    expect(explain(basket, events)?.holds).toBe(isAbsent);
    expect(explain(bought, events)?.holds).toBe(isThere);
  });

  it('changes when the time is over, to the millisecond, and at no other time', () => {
    expect(explain(basket, [ago('Added', MINUTE)])).toMatchObject({ nextChange: NOW + 59 * MINUTE });
    expect(explain(basket, [ago('Added', 60 * MINUTE)])).not.toHaveProperty('nextChange');
    expect(explain(basket, [ago('Added', 2 * MINUTE), ago('Ordered', MINUTE)])).not.toHaveProperty(
      'nextChange',
    );
    expect(explain(bought, [ago('Added', MINUTE)])).not.toHaveProperty('nextChange');
  });

  it('does not know of what later ones pushed out, unless those reach back to the first', () => {
    const orders = (count: number) => Array.from({ length: count }, (_, n) => ago('Ordered', n * MINUTE));
    const added = ago('Added', 5 * DAY);

    expect(explain(basket, [added, ...orders(KEPT_TIMES)])?.holds).toBe('unknown');
    expect(explain(basket, [added, ...orders(KEPT_TIMES - 1)])?.holds).toBe(true);
    expect(explain(basket, [added, ago('Ordered', 6 * DAY), ...orders(KEPT_TIMES - 1)])?.holds).toBe(true);
  });

  it('does not know of what came before it was counted, but of those who came later', () => {
    const since = NOW - DAY;
    const added = ago('Added', 2 * DAY);

    expect(explain(basket, [added], { since })).toMatchObject({ holds: 'unknown', countedSince: since });
    expect(explain(bought, [added, ago('Ordered', 2 * DAY)], { since })?.holds).toBe(true);
    expect(explain(basket, [ago('Added', DAY)], { since })?.holds).toBe(true);
    expect(explain(basket, [ago('Added', 2 * DAY), ago('Added', DAY / 2)], { since })?.holds).toBe(true);
  });

  it('shows the times that it saw', () => {
    expect(explain(bought, [at('Added', 1_000), at('Ordered', 3_000), at('Ordered', 2_000)])?.saw).toEqual({
      first: '1970-01-01T00:00:01.000Z',
      second: ['1970-01-01T00:00:03.000Z', '1970-01-01T00:00:02.000Z'],
    });
    expect(explain(bought, [])?.saw).toEqual({ first: null, second: [] });
  });
});

describe('a return', () => {
  const returned = { returned: { event: 'Ordered', after: '180d' } };

  it.each([
    [false, []],
    [false, [ago('Ordered', 1)]],
    [true, [ago('Ordered', 1), ago('Ordered', 180 * DAY + 1)]],
    [false, [ago('Ordered', 1), ago('Ordered', 180 * DAY)]],
    [false, [ago('Ordered', 1), ago('Ordered', 2), ago('Ordered', 400 * DAY)]],
  ])('is %s of %j', (holds, events) => {
    expect(explain(returned, events)?.holds).toBe(holds);
  });

  it('is not known of who did it before it was counted', () => {
    const since = NOW - DAY;

    expect(explain(returned, [ago('Ordered', 1), ago('Other', 2 * DAY)], { since })?.holds).toBe('unknown');
    expect(explain(returned, [ago('Ordered', 1)], { since })?.holds).toBe(false);
  });
});

describe('a return that is looked at with what changes', () => {
  it('is not known any more of who turns out to have been there before it was counted', () => {
    const since = NOW - DAY;
    const condition = Condition.parse({ not: { returned: { event: 'Ordered', after: '180d' } } });
    const computed = counting(aggregatesOf(condition, 'UTC'), { since });
    const definitions = compileSegments([{ id: 's', name: 'S', condition }], 1, { computed });
    const ordered = living(person('p'), [at('Ordered', since)], { computed, set: 'm' });
    const activity = { ...ordered.activity, definitionsVersion: 1, segments: { s: 1 } };
    const late = living({ ...ordered, activity }, [at('Other', since - 1)], { computed, set: 'n' });

    expect([...definitions.evaluate(ordered, NOW).members]).toEqual(['s']);
    expect([...definitions.evaluate(late, NOW, { ...ordered, activity }).members]).toEqual([]);
  });
});

describe('a comparison', () => {
  const compare = (than: string) => ({ compare: { last: { event: 'A' }, [than]: { event: 'B' } } });

  it.each([
    ['unknown', 'unknown', []],
    ['unknown', 'unknown', [ago('A', 1)]],
    ['unknown', 'unknown', [ago('B', 1)]],
    [true, false, [ago('A', 1), ago('B', 2)]],
    [false, true, [ago('A', 2), ago('B', 1)]],
    [false, false, [ago('A', 1), ago('B', 1)]],
  ])('is %s, and the other way %s', (isLater, isEarlier, events) => {
    expect(explain(compare('laterThan'), events)?.holds).toBe(isLater);
    expect(explain(compare('earlierThan'), events)?.holds).toBe(isEarlier);
  });
});

describe('an event', () => {
  it.each([
    ['within', { within: '1d' }, DAY - 1, true, NOW + 1],
    ['within', { within: '1d' }, DAY, false, undefined],
    ['never within', { within: '1d', exactly: 0 }, DAY - 1, false, NOW + 1],
    ['first within', { within: '1d', first: true }, DAY - 1, true, NOW + 1],
    ['before', { before: { ago: '1d' } }, DAY, false, NOW + 1],
    ['before', { before: { ago: '1d' } }, DAY + 1, true, undefined],
    ['never before', { before: { ago: '1d' }, exactly: 0 }, DAY, true, NOW + 1],
    ['at all', {}, DAY, true, undefined],
  ])('%s', (_, said, ms, holds, nextChange) => {
    const found = explain({ event: { name: 'A', ...said } }, [ago('A', ms)]);

    expect(found?.holds).toBe(holds);
    expect(found?.nextChange).toBe(nextChange);
  });

  it('that is counted leaves with its day, and only where that changes the answer', () => {
    const twice = { event: { name: 'A', atLeast: 2, within: '3d' } };
    const days = [0, 1, 1, 2].map((day) => at('A', Date.parse('2026-11-22T08:00:00Z') - day * DAY));

    expect(explain(twice, days)).toMatchObject({
      holds: true,
      saw: { count: 4 },
      nextChange: Date.parse('2026-11-24T00:00:00Z'),
    });
  });

  it('of a name beyond those that are counted may have happened', () => {
    const somebody = person('p', { activity: { otherEvents: 1 } });
    const holds = (said: object) =>
      explain({ event: { name: 'Z', ...said } }, [], { person: somebody })?.holds;

    expect([{}, { exactly: 0 }, { within: '1d' }, { before: { ago: '1d' } }].map(holds)).toEqual([
      'unknown',
      'unknown',
      'unknown',
      'unknown',
    ]);
  });

  it('of a definition that nobody counts by yet is not known', () => {
    const condition = Condition.parse({ event: { name: 'A', where: [{ property: 'x', exists: true }] } });
    const definitions = compileSegments([{ id: 's', name: 'S', condition }], 1);

    expect(definitions.explain('s', person('p'), NOW)).toMatchObject({ holds: 'unknown', saw: null });
  });
});
