import { describe, expect, it } from 'vitest';
import { compileSegments } from '#shared/segments/compile.ts';
import { unmergeMembership } from '#shared/segments/membership.ts';
import { person } from '#test/support/person.ts';

const evaluate = (was: Record<string, number>, survivor: Record<string, number>, isIn: readonly string[]) =>
  unmergeMembership({
    person: person('b', { activity: { segments: was } }),
    survivor,
    definitions: { ...compileSegments([], 1), evaluate: () => ({ members: new Set(isIn) }) },
    at: 9,
  });

describe('unmergeMembership', () => {
  it.each([
    {
      name: 'gives rows back silently where the survivor was in it until now',
      was: { s: 3 },
      survivor: { s: 2 },
      isIn: ['s'],
      expected: { segments: { s: 3 }, entered: [], exited: [], moved: ['s'] },
    },
    {
      name: 'gives a row silently to who was in it as part of the survivor alone',
      was: {},
      survivor: { s: 2 },
      isIn: ['s'],
      expected: { segments: { s: 2 }, entered: [], exited: [], moved: ['s'] },
    },
    {
      name: 'lets enter where the survivor was not',
      was: { s: 3 },
      survivor: {},
      isIn: ['s', 't'],
      expected: { segments: { s: 3, t: 9 }, entered: ['s', 't'], exited: [], moved: [] },
    },
    {
      name: 'lets exit who had been in it until now, and alone is not',
      was: { s: 3 },
      survivor: { s: 2 },
      isIn: [],
      expected: { segments: {}, entered: [], exited: ['s'], moved: [] },
    },
    {
      name: 'lets nobody exit who had left as part of the survivor, or was never in it alone',
      was: { s: 3 },
      survivor: { t: 2 },
      isIn: [],
      expected: { segments: {}, entered: [], exited: [], moved: [] },
    },
  ])('$name', ({ was, survivor, isIn, expected }) => {
    expect(evaluate(was, survivor, isIn)).toEqual(expected);
  });
});
