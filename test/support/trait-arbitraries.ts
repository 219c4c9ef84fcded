import fc from 'fast-check';
import type { Said } from '#shared/traits/trait.ts';
import type { TraitDefinition } from '#shared/traits/trait-definition.ts';

/** A rule of any strategy; unions so small that values fall out of them. */
export const ruleOf = (id: string): fc.Arbitrary<TraitDefinition> =>
  fc.oneof(
    fc.constantFrom('latest', 'first', 'max', 'min').map((strategy) => ({ id, strategy })),
    fc.integer({ min: 1, max: 3 }).map((limit) => ({ id, strategy: 'union' as const, limit })),
    fc
      .constantFrom(['web'], ['app', 'web'], ['crm'])
      .map((sources) => ({ id, strategy: 'mostTrustedSource' as const, sources: [...sources] })),
  );

export const traitRule = ruleOf('t');

/** Few, of every kind, with ties and tombstones common. */
export const traitValue = fc.constantFrom<unknown[]>(
  ...['a', 'b', null, null, 0, 1, true, false],
  ...[['a', 'b'], ['b', 'c', 'd'], [], ['a', null, ['e']], { x: 1 }, { x: 1, y: [2] }],
);

/** A write as of few times, by an event whose id tells its content. */
export const said: fc.Arbitrary<Said> = fc
  .record({
    value: traitValue,
    at: fc.integer({ min: 1, max: 4 }),
    source: fc.constantFrom('web', 'app', 'crm'),
    again: fc.option(fc.integer({ min: 5, max: 7 })),
  })
  .map(({ value, at, source, again }) => {
    const id = `${source}-${at}-${JSON.stringify(value)}`;
    return {
      write: { value, at, id, source, messageId: id },
      last: again === null ? ([at, id] as const) : ([again, id] as const),
    };
  });
