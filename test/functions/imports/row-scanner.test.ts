import { describe, expect, it } from 'vitest';
import { rowScanner, type ScanOptions } from '#functions/imports/row-scanner.ts';

const CSV = { delimiter: ',', quote: '"' };

const rowsOf = (text: string, options: ScanOptions = { csv: CSV }) => {
  const scanner = rowScanner(options);
  return [...scanner.push(Buffer.from(text)), ...scanner.end()].map(({ bytes, line, fault }) =>
    fault === undefined ? `${line}: ${bytes}` : `${line}: ${bytes} (${fault})`,
  );
};

describe('the rows of CSV', () => {
  it.each([
    ['end with LF, CR LF or CR, mixed as they may be', 'a\nb\r\nc\rd', ['1: a', '2: b', '3: c', '4: d']],
    ['need no line end at the end', 'a,b', ['1: a,b']],
    ['pass over empty lines, and count them', '\na\n\n\r\nb\n', ['2: a', '5: b']],
    ['hold line ends in quotes', '"a\nb",c\nd', ['1: "a\nb",c', '3: d']],
    ['hold quotes in quotes', '"a""\nb",c\nd', ['1: "a""\nb",c', '3: d']],
    ['take a quote within a cell as text', 'a"b\nc"\nd', ['1: a"b', '2: c"', '3: d']],
    ['are bad where text follows a closing quote', '"a"b,c\nd', ['1: "a"b,c (bad_quotes)', '2: d']],
    [
      'are bad alone where a quote is never closed',
      'a,"b\nc,d\ne',
      ['1: a,"b (bad_quotes)', '2: c,d', '3: e'],
    ],
    ['are bad alone where that is the last', 'a\n"b', ['1: a', '2: "b (bad_quotes)']],
  ])('%s', (_, text, rows) => {
    expect(rowsOf(text)).toEqual(rows);
  });

  it('give up on a quote beyond the bytes that a row may have', () => {
    const text = 'x,"open\nb,c\nd,e\nf,g"\nh';

    expect(rowsOf(text, { csv: CSV, maxRowBytes: 12 })).toEqual([
      '1: x,"open (bad_quotes)',
      '2: b,c',
      '3: d,e',
      '4: f,g"',
      '5: h',
    ]);
  });

  it('are too large beyond that, of which the beginning is shown', () => {
    expect(rowsOf('a\nbcdefgh\ni', { csv: CSV, maxRowBytes: 5 })).toEqual([
      '1: a',
      '2: bcdef (row_too_large)',
      '3: i',
    ]);
    expect(rowsOf('a\nbcdef\ni', { csv: CSV, maxRowBytes: 5 })).toEqual(['1: a', '2: bcdef', '3: i']);
  });

  it('may have another delimiter and quote', () => {
    expect(rowsOf("'a\nb';c\nd", { csv: { delimiter: ';', quote: "'" } })).toEqual(["1: 'a\nb';c", '3: d']);
  });
});

describe('JSON lines', () => {
  it('end with LF alone, and pass over what is blank', () => {
    expect(rowsOf('{"a":"\r"}\r\n \n"b\n', {})).toEqual(['1: {"a":"\r"}\r', '3: "b']);
  });

  it('begin on the line that scanning began on', () => {
    expect(rowsOf('a\nb', { line: 7 })).toEqual(['7: a', '8: b']);
  });
});
