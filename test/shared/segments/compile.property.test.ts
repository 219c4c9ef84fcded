import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileCondition, compileSegments } from '#shared/segments/compile.ts';
import { DEFAULT_RULES } from '#shared/traits/trait-definition.ts';
import { naiveHolds } from '#test/support/naive-condition.ts';
import { condition, someone, traitCondition } from '#test/support/segment-arbitraries.ts';

describe('a compiled condition', () => {
  it('means what the plain reading of it means', () => {
    fc.assert(
      fc.property(condition, someone, (tree, person) => {
        expect(compileCondition(tree, DEFAULT_RULES)(person)).toBe(naiveHolds(tree, person));
      }),
      { numRuns: 2000 },
    );
  });

  it('means so of each operator of a trait', () => {
    fc.assert(
      fc.property(traitCondition, someone, (test, person) => {
        expect(compileCondition(test, DEFAULT_RULES)(person)).toBe(naiveHolds(test, person));
      }),
      { numRuns: 5000 },
    );
  });

  it('is false exactly where its negation is true', () => {
    fc.assert(
      fc.property(condition, someone, (tree, person) => {
        expect(compileCondition({ not: tree }, DEFAULT_RULES)(person)).toBe(
          !compileCondition(tree, DEFAULT_RULES)(person),
        );
      }),
    );
  });

  it('keeps a segment of a market to the people of that market', () => {
    fc.assert(
      fc.property(condition, someone, (tree, person) => {
        const segment = { id: 's', name: 'S', condition: tree, market: 'fr' };
        const expected = person.profile.market?.value === 'fr' && naiveHolds(tree, person);

        expect(compileSegments([segment], 1).evaluate(person, 0).members.has('s')).toBe(expected);
      }),
    );
  });
});
