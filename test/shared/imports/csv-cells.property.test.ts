import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvCells } from '#shared/imports/csv-cells.ts';

const DIALECT = { delimiter: ';', quote: '"' };
const cell = fc
  .array(fc.constantFrom('"', ';', '\n', '\r', 'a', ' ', 'é'), { maxLength: 6 })
  .map((units) => units.join(''));
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
/** Quoted where it must be, and at times where it need not. */
const written = fc.tuple(cell, fc.boolean()).map(([text, quotes]) => ({
  text,
  csv: quotes || /["\n\r;]/.test(text) ? quoted(text) : text,
}));
const row = fc.array(written, { minLength: 1, maxLength: 5 });

describe('csvCells', () => {
  it('gives back the cells that were written', () => {
    fc.assert(
      fc.property(row, (cells) => {
        expect(csvCells(cells.map(({ csv }) => csv).join(';'), DIALECT)).toEqual(
          cells.map(({ text }) => text),
        );
      }),
      { numRuns: 2_000 },
    );
  });

  it('reads what csv-parse reads', () => {
    fc.assert(
      fc.property(row, (cells) => {
        const text = cells.map(({ csv }) => csv).join(';');
        fc.pre(text !== '');

        expect([csvCells(text, DIALECT)]).toEqual(parse(text, { delimiter: ';', record_delimiter: '\0' }));
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ['a"b;c', ['a"b', 'c']],
    [' "a";b', [' "a"', 'b']],
    ['', ['']],
    [';', ['', '']],
    ['"";""', ['', '']],
    ['"a"b;c', undefined],
    ['"a;b', undefined],
    ['"a"";b', undefined],
  ])('reads %j as %j', (text, cells) => {
    expect(csvCells(text, DIALECT)).toEqual(cells);
  });
});
