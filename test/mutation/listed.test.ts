import { describe, expect, it } from 'vitest';
import { compareLists, listedIn, listing } from './listed.ts';

const file = 'shared/identity/resolve.ts';
const page = [
  '### `shared/identity/resolve.ts`',
  'A `<` that is one by `→`:',
  '- `a < b` → `a <= b` × 2',
  '- `` `a` `` → `` `` ``',
  '- `x` is no mutant',
].join('\n');
const twice = { file, line: 7, original: 'a < b', replacement: 'a <= b' };

describe('the list of mutants that survive', () => {
  it('is read with its files', () => {
    expect(listedIn(page).slice(0, 2)).toEqual([
      { file, original: 'a < b', replacement: 'a <= b' },
      { file, original: 'a < b', replacement: 'a <= b' },
    ]);
  });

  it('reads what it writes', () => {
    for (const original of ['a | b', '`a`', "''"]) {
      const mutant = { file, original, replacement: '``' };

      expect(listedIn(`# \`${file}\`\n${listing(mutant)}`)).toEqual([mutant]);
    }
  });

  it('tells what is missing in it and what no longer belongs there', () => {
    const other = { ...twice, original: 'b' };
    const listed = listedIn(page).slice(0, 2);

    expect(compareLists([twice, twice], listed, [file])).toEqual({ unlisted: [], stale: [] });
    expect(compareLists([twice, twice, twice], listed, [file]).unlisted).toEqual([twice]);
    expect(compareLists([twice, other], listed, [file])).toMatchObject({
      unlisted: [other],
      stale: [{ original: 'a < b' }],
    });
    expect(compareLists([], listed, ['shared/identity/identifier.ts'])).toEqual({ unlisted: [], stale: [] });
  });
});
