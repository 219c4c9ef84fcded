import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RowScanner, rowScanner, type ScanOptions } from '#functions/imports/row-scanner.ts';
import { partCutter } from '#shared/imports/cut-parts.ts';

const CSV = { delimiter: ',', quote: '"' };

/** A row as it can be compared. */
const told = (rows: ReturnType<RowScanner['push']>, from = 0) =>
  rows.map(({ bytes, line, start, end, fault }) => ({
    text: bytes.toString(),
    line,
    start: start + from,
    end: end + from,
    fault,
  }));

/** What scanning finds in a text that comes in chunks of these sizes, again and again. */
function scan(text: Buffer, options: ScanOptions, sizes: readonly number[] = [text.length + 1], from = 0) {
  const scanner = rowScanner(options);
  const rows: ReturnType<typeof told> = [];
  for (let at = 0, n = 0; at < text.length; n++) {
    const size = sizes[n % sizes.length] ?? 1;
    rows.push(...told(scanner.push(text.subarray(at, at + size)), from));
    at += size;
  }
  return [...rows, ...told(scanner.end(), from)];
}

// So few characters that quotes, line ends and delimiters meet each other in every order
const text = fc
  .array(fc.constantFrom('"', ',', '\n', '\r', 'a', 'b'), { maxLength: 40 })
  .map((units) => Buffer.from(units.join('')));
const limit = fc.constantFrom(3, 6, 12, 1_000);
const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 });
const format = fc.constantFrom<ScanOptions>({ csv: CSV }, {});

describe('scanning rows', () => {
  it('finds the same in chunks of any size', () => {
    fc.assert(
      fc.property(text, format, limit, sizes, (bytes, options, maxRowBytes, chunks) => {
        const limited = { ...options, maxRowBytes };
        expect(scan(bytes, limited, chunks)).toEqual(scan(bytes, limited));
      }),
      { numRuns: 3_000 },
    );
  });

  it('finds in parts that end where rows do the very rows that it finds in the whole, on the same lines', () => {
    fc.assert(
      fc.property(
        text,
        format,
        limit,
        fc.integer({ min: 1, max: 4 }),
        (bytes, options, maxRowBytes, partRows) => {
          const limited = { ...options, maxRowBytes };
          const whole = scan(bytes, limited);
          const cutter = partCutter({ partRows, maxParts: 3 });
          for (const row of whole) cutter.add(row);

          const inParts = cutter
            .parts()
            .flatMap(({ start, end, line }) =>
              scan(bytes.subarray(start, end), { ...limited, line }, [2], start),
            );

          expect(inParts).toEqual(whole);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('passes over no byte but those of line ends, and of rows that are too large', () => {
    fc.assert(
      fc.property(text, format, (bytes, options) => {
        const rows = scan(bytes, options);
        const between = rows.map(({ end }, n) => bytes.subarray(end, rows[n + 1]?.start).toString());
        const ends = rows.map(({ text: row, start, end }) =>
          bytes.subarray(start, end).toString().slice(row.length),
        );
        const before = bytes.subarray(0, rows[0]?.start).toString();

        expect([before, ...between].join('')).toMatch(/^[\r\n]*$/);
        for (const end of ends) expect(['', '\n', '\r', '\r\n']).toContain(end);
        for (const { text: row, start } of rows) {
          expect(bytes.subarray(start, start + row.length).toString()).toBe(row);
        }
      }),
    );
  });

  it('counts every line end before a row, in quotes as well', () => {
    fc.assert(
      fc.property(text, (bytes) => {
        for (const { line, start } of scan(bytes, { csv: CSV })) {
          const before = bytes.subarray(0, start).toString();
          expect(line).toBe(1 + (before.match(/\r\n|\r|\n/g) ?? []).length);
        }
      }),
    );
  });
});
