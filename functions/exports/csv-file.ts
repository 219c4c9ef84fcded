import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { stringify } from 'csv-stringify/sync';

/** A table in memory is only ever one batch of its rows. */
export interface Table {
  readonly header: readonly string[];
  readonly batches: AsyncIterable<readonly (readonly string[])[]>;
}

export interface CsvFile {
  readonly body: Buffer;
  /** Without the header. */
  readonly rows: number;
  readonly sha256: string;
}

/**
 * Writes a table as gzipped CSV: RFC 4180, UTF-8 without a mark, CRLF, a header line first.
 *
 * The same cells give the same bytes. Cells are written as they are: what a spreadsheet would take
 * for a formula is not defused, since a machine that reads the file back wants what was sent.
 */
export async function gzipCsv({ header, batches }: Table): Promise<CsvFile> {
  const options = {
    record_delimiter: 'windows',
    // one empty cell alone would be an empty line, which many readers skip
    quoted_empty: header.length === 1,
  } as const;
  let rows = 0;
  async function* text() {
    yield stringify([[...header]], options);
    for await (const batch of batches) {
      if (batch.length === 0) continue;
      rows += batch.length;
      yield stringify(
        batch.map((row) => [...row]),
        options,
      );
    }
  }

  const parts: Buffer[] = [];
  const hash = createHash('sha256');
  await pipeline(text, createGzip(), async (compressed: AsyncIterable<Buffer>) => {
    for await (const part of compressed) {
      parts.push(part);
      hash.update(part);
    }
  });
  return { body: Buffer.concat(parts), rows, sha256: hash.digest('hex') };
}
