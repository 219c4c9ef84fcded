import { describe, expect, it } from 'vitest';
import { type CountedEvent, compileFilters, Filter } from '#shared/computed/filter.ts';

const event: CountedEvent = {
  name: 'page',
  at: 1,
  source: 'shop',
  market: 'fr',
  brand: 'aster',
  collected: {
    type: 'page',
    name: 'Basket',
    properties: { total: 12, items: ['a', 'b'], address: { city: 'Lyon' }, note: null },
    context: { page: { path: '/basket' } },
  },
};
const passes = (...filters: readonly object[]): boolean =>
  compileFilters(filters.map((filter) => Filter.parse(filter)))(event);

describe('filters', () => {
  it.each<[object, boolean]>([
    [{ property: 'total', atLeast: 12 }, true],
    [{ property: 'total', greaterThan: 12 }, false],
    [{ property: 'total', equals: '12' }, false],
    [{ property: 'items', contains: 'b' }, true],
    [{ property: 'address.city', in: ['Lyon', 'Paris'] }, true],
    [{ property: 'address.zip', exists: false }, true],
    [{ property: 'note', exists: true }, false],
    [{ property: 'constructor', exists: true }, false],
    [{ context: 'page.path', startsWith: '/bas' }, true],
    [{ context: 'total', exists: true }, false],
    [{ field: 'source', equals: 'shop' }, true],
    [{ field: 'type', equals: 'page' }, true],
    [{ field: 'name', equals: 'Basket' }, true],
    [{ field: 'market', equals: 'fr' }, true],
    [{ field: 'brand', in: ['calla'] }, false],
  ])('%j: %s', (filter, expected) => {
    expect(passes(filter)).toBe(expected);
  });

  it('must all hold', () => {
    const [yes, no] = [
      { property: 'total', equals: 12 },
      { property: 'total', equals: 13 },
    ];

    expect([passes(), passes(yes), passes(yes, no), passes(no, yes)]).toEqual([true, true, false, false]);
  });

  it('name one place, and ask something of it', () => {
    const issues = (filter: object) => Filter.safeParse(filter).error?.issues.map(({ message }) => message);

    expect(issues({ equals: 1 })).toEqual(['exactly one of property, context, field is needed']);
    expect(issues({ property: 'a', field: 'source', equals: 1 })).toHaveLength(1);
    expect(issues({ property: 'a' })).toEqual([expect.stringMatching(/^at least one of equals, /)]);
    expect(issues({ property: 'a', equal: 1 })).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^unknown: equal; allowed here: property, context, field, /),
      ]),
    );
    expect(issues({ property: '.a', equals: 1 })).toEqual(['names with one dot between them']);
  });
});
