import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partCutter } from '#shared/imports/cut-parts.ts';

/** Rows of these lengths, each on a line of its own, with a line end of one byte. */
function rowsOf(lengths: readonly number[]) {
  let at = 0;
  return lengths.map((length, n) => {
    const start = at;
    at += length;
    return { start, end: at, line: n + 1 };
  });
}

const cut = (lengths: readonly number[], options: Parameters<typeof partCutter>[0]) => {
  const cutter = partCutter(options);
  for (const row of rowsOf(lengths)) cutter.add(row);
  return cutter.parts();
};

describe('cutting a file into parts', () => {
  it('ends a part with as many rows, or as many bytes, as one has', () => {
    expect(cut([1, 1, 1, 1, 1], { partRows: 2 })).toEqual([
      { start: 0, end: 2, line: 1 },
      { start: 2, end: 4, line: 3 },
      { start: 4, end: 5, line: 5 },
    ]);
    expect(cut([3, 3, 3], { partBytes: 5 }).map(({ end }) => end)).toEqual([6, 9]);
  });

  it('makes larger parts rather than too many', () => {
    expect(cut([1, 1, 1, 1, 1, 1, 1], { partRows: 1, maxParts: 3 })).toEqual([
      { start: 0, end: 4, line: 1 },
      { start: 4, end: 7, line: 5 },
    ]);
  });

  it('makes none of no rows', () => {
    expect(cut([], {})).toEqual([]);
  });

  it('holds every row once, in order, in no more parts than may be', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 80 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 6 }),
        (lengths, partRows, partBytes, maxParts) => {
          const parts = cut(lengths, { partRows, partBytes, maxParts });
          const rows = rowsOf(lengths);

          expect(parts.length).toBeLessThanOrEqual(maxParts);
          expect(parts.map(({ start }) => start)).toEqual([0, ...parts.slice(0, -1).map(({ end }) => end)]);
          expect(parts.at(-1)?.end).toBe(rows.at(-1)?.end);
          for (const { start, line } of parts) expect(rows[line - 1]?.start).toBe(start);
        },
      ),
    );
  });
});
