import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gzipCsv } from '#functions/exports/csv-file.ts';

// what breaks a CSV file is common here: quotes, separators, line breaks, blanks, what looks like a formula
const cell = fc.oneof(
  fc.string({ unit: fc.constantFrom('"', ',', ';', '\r', '\n', ' ', '\t', 'a', 'é', '=', '\ufeff', '😀') }),
  fc.string({ unit: 'grapheme' }),
);
const table = fc.integer({ min: 1, max: 4 }).chain((width) =>
  fc.record({
    header: fc.array(cell, { minLength: width, maxLength: width }),
    batches: fc.array(fc.array(fc.array(cell, { minLength: width, maxLength: width })), { maxLength: 4 }),
  }),
);

async function* batchesOf(batches: string[][][]) {
  yield* batches;
}

describe('a CSV file', () => {
  it('reads back as what was written, whatever the cells hold', async () => {
    await fc.assert(
      fc.asyncProperty(table, async ({ header, batches }) => {
        const file = await gzipCsv({ header, batches: batchesOf(batches) });

        const read = parse(gunzipSync(file.body), { record_delimiter: '\r\n', bom: false });
        expect(read).toEqual([header, ...batches.flat()]);
        expect(file.rows).toBe(batches.flat().length);
      }),
    );
  });

  it('is the same bytes for the same cells, however they are batched', async () => {
    await fc.assert(
      fc.asyncProperty(table, async ({ header, batches }) => {
        const one = await gzipCsv({ header, batches: batchesOf(batches) });
        const other = await gzipCsv({ header, batches: batchesOf([batches.flat()]) });

        expect(other.sha256).toBe(one.sha256);
        expect(one.sha256).toBe(createHash('sha256').update(one.body).digest('hex'));
      }),
    );
  });

  it('ends each line as RFC 4180 says, the last one too', async () => {
    const file = await gzipCsv({
      header: ['a', 'b'],
      batches: batchesOf([[['1', 'x "y", z']], [], [['', '']]]),
    });

    expect(gunzipSync(file.body).toString()).toBe('a,b\r\n1,"x ""y"", z"\r\n,\r\n');
  });

  it('holds its header alone when nobody is in it', async () => {
    const file = await gzipCsv({ header: ['pid'], batches: batchesOf([]) });

    expect(gunzipSync(file.body).toString()).toBe('pid\r\n');
    expect(file.rows).toBe(0);
  });

  it('fails as what it is made of fails', async () => {
    async function* failing(): AsyncGenerator<string[][]> {
      yield [['1']];
      throw new Error('the table is away');
    }

    await expect(gzipCsv({ header: ['a'], batches: failing() })).rejects.toThrow('the table is away');
  });
});
