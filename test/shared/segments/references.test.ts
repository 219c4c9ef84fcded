import { describe, expect, it } from 'vitest';
import type { Condition } from '#shared/segments/condition.ts';
import { computedTraitsOf, faultsOfReferences, segmentsOf } from '#shared/segments/references.ts';
import { Segment } from '#shared/segments/segment.ts';

const segment = (id: string, condition: unknown) => Segment.parse({ id, name: id, condition });
const to = (id: string) => ({ segment: { id } });
const many = (count: number, ...more: unknown[]) => ({
  all: [...Array.from({ length: count }, () => ({ event: { name: 'A' } })), ...more],
});

const faults = (condition: unknown, ...others: readonly Segment[]): readonly string[] =>
  faultsOfReferences(segment('s', condition), { segments: others, computedTraits: ['spent'] }).map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  );

describe('references among segments', () => {
  it('may go to segments that there are, by several ways', () => {
    const base = segment('base', { event: { name: 'A' } });
    const one = segment('one', to('base'));

    expect(faults({ any: [to('base'), to('one'), { not: to('base') }] }, base, one)).toEqual([]);
  });

  it.each([
    [to('other'), 'condition.segment.id: no segment has the id other'],
    [
      { any: [{ event: { name: 'A' } }, { not: to('other') }] },
      'condition.any.1.not.segment.id: no segment has the id other',
    ],
    [
      { any: [{ computed: { name: 'spent', atLeast: 1 } }, { computed: { name: 'lost', atLeast: 1 } }] },
      'condition.any.1.computed.name: no computed trait has the id lost',
    ],
    [to('s'), 'condition.segment.id: comes back to itself: s → s'],
    [{ all: [to('a')] }, 'condition.all.0.segment.id: comes back to itself: s → a → b → s'],
  ])('may not go %j', (condition, fault) => {
    const [a, b] = [segment('a', { not: to('b') }), segment('b', { any: [to('c'), to('s')] })];
    const c = segment('c', { event: { name: 'A' } });

    expect(faults(condition, a, b, c)).toEqual([fault]);
  });

  it('go by what is to be stored, not by what is', () => {
    const before = segment('s', to('a'));

    expect(faults({ event: { name: 'A' } }, before, segment('a', to('s')))).toEqual([]);
  });

  it('end where others go round, which is not for this one to mend', () => {
    expect(faults(to('a'), segment('a', to('b')), segment('b', to('a')))).toEqual([]);
  });

  it('come to a bounded number of conditions', () => {
    // 98 conditions and the list that they are in, ten times, with ten references
    const ten = (parts: number) => ({
      all: [...Array.from({ length: 10 }, () => to('a')), ...many(parts).all],
    });
    const a = segment('a', many(97));

    expect(faults(ten(9), a)).toEqual([]);
    expect(faults(ten(10), a)).toEqual([
      'condition: at most 1000 conditions, with those of the segments that it refers to',
    ]);
  });

  it('are told each once', () => {
    const condition: Condition = segment('s', { any: [to('b'), { not: to('a') }, to('b')] }).condition;

    expect(segmentsOf(condition)).toEqual(['b', 'a']);
    expect(computedTraitsOf(condition)).toEqual([]);
  });

  it('are of segments and of computed traits', () => {
    const spent = { computed: { name: 'spent', atLeast: 1 } };
    const { condition } = segment('s', { all: [to('a'), spent, { not: spent }] });

    expect(segmentsOf(condition)).toEqual(['a']);
    expect(computedTraitsOf(condition)).toEqual(['spent']);
  });
});
