import { beforeEach, describe, expect, it } from 'vitest';
import type { Segment } from '#shared/segments/segment.ts';
import type { DefinitionRepository } from '#shared/sources/definition-repository.ts';

const segment = (id: string, name = id): Segment => ({
  id,
  name,
  condition: {
    all: [
      { event: { name: 'Order Completed', atLeast: 2 } },
      { not: { trait: { name: 'x', equals: 1e200 } } },
    ],
  },
});

/** What every repository of definitions must do: run by each one's own test, in memory and on DynamoDB. */
export function definitionRepositoryContract(
  name: string,
  create: () => Promise<DefinitionRepository<Segment>>,
): void {
  describe(`${name} keeps the definition repository's contract`, () => {
    let segments: DefinitionRepository<Segment>;
    beforeEach(async () => {
      segments = await create();
    });

    it('finds nothing before the first put', async () => {
      expect(await segments.find('a')).toBeUndefined();
      expect(await segments.list()).toEqual([]);
      expect(await segments.remove('a')).toBe(false);
    });

    it('finds what was put, as version 1', async () => {
      const put = await segments.put(segment('a'));

      expect(put).toMatchObject({ definition: segment('a'), version: 1, updatedAt: expect.any(Number) });
      expect(await segments.find('a')).toEqual(put);
    });

    it('counts versions up and keeps the former ones', async () => {
      await segments.put(segment('a', 'first'));
      await segments.put(segment('a', 'second'));

      expect(await segments.find('a')).toMatchObject({ definition: { name: 'second' }, version: 2 });
      expect(await segments.findVersion('a', 1)).toMatchObject({ definition: { name: 'first' }, version: 1 });
      expect(await segments.findVersion('a', 3)).toBeUndefined();
    });

    it('lists by id what is, without what was', async () => {
      for (const id of ['b', 'a', 'a', 'a-b', 'c']) await segments.put(segment(id));
      await segments.remove('c');

      expect((await segments.list()).map(({ definition, version }) => [definition.id, version])).toEqual([
        ['a', 2],
        ['a-b', 1],
        ['b', 1],
      ]);
    });

    it('goes on counting for a definition that is made anew', async () => {
      await segments.put(segment('a', 'old'));

      expect(await segments.remove('a')).toBe(true);
      expect(await segments.remove('a')).toBe(false);
      expect(await segments.find('a')).toBeUndefined();
      expect(await segments.put(segment('a', 'new'))).toMatchObject({ version: 3 });
      expect(await segments.findVersion('a', 1)).toMatchObject({ definition: { name: 'old' } });
      expect(await segments.findVersion('a', 2)).toBeUndefined();
    });

    it('gives each of several who put at once a version of its own', async () => {
      const names = ['one', 'two', 'three'];

      const put = await Promise.all(names.map((each) => segments.put(segment('a', each))));

      expect(put.map(({ version }) => version).sort()).toEqual([1, 2, 3]);
      for (const { version, definition } of put) {
        expect(await segments.findVersion('a', version)).toMatchObject({ definition });
      }
    });
  });
}
