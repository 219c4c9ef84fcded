import type { FileVersion, LargeFiles } from '#functions/adapters/s3/large-files.ts';
import { partCutter } from '#shared/imports/cut-parts.ts';
import type { Import } from '#shared/imports/import.ts';
import type { PlannedImport } from '#shared/imports/planned-import.ts';
import { encodingEvidence } from './encoding-evidence.ts';
import type { FileKind } from './file-kind.ts';
import { type ImportRunPlace, rowsKey } from './import-keys.ts';
import { isPlain, plainText } from './plain-text.ts';
import { type FoundRow, rowScanner } from './row-scanner.ts';
import { textLayout } from './text-layout.ts';

export interface ReadOptions {
  readonly kind: FileKind;
  readonly definition: Import;
  /** The upload. */
  readonly file: FileVersion & { readonly bytes: number };
  readonly run: ImportRunPlace & { readonly attempt: number };
  readonly files: Pick<LargeFiles, 'write'>;
}

/**
 * Reads an upload of text to its end: finds its rows, and cuts them into parts. Where they do not stand in
 * the upload as plain text, they are written down as such on the way.
 *
 * @throws {ImportFileError} where the columns are not those of the definition, or what the bytes are is no text.
 */
export async function readRows(
  upload: AsyncIterable<Buffer>,
  { kind, definition, file, run, files }: ReadOptions,
): Promise<Pick<PlannedImport, 'rows' | 'parts'>> {
  const layout = textLayout(kind, definition);
  const scanner = rowScanner(layout.scan);
  const cutter = partCutter();
  const evidence = encodingEvidence();
  let isFirst = layout.columns.length > 0;

  function take(rows: readonly FoundRow[]): void {
    for (const { start, end, line } of rows) {
      if (!isFirst) cutter.add({ start: start + layout.skipped, end: end + layout.skipped, line });
      isFirst = false;
    }
  }

  async function* scanned() {
    let mark = layout.skipped;
    for await (const chunk of plainText(upload, kind)) {
      evidence.push(chunk);
      take(scanner.push(chunk.subarray(mark)));
      mark = Math.max(0, mark - chunk.length);
      yield chunk;
    }
    take(scanner.end());
  }

  const stored = isPlain(kind)
    ? await drained(scanned(), file)
    : await files.write(rowsKey(run, format(kind)), scanned(), 'text/plain; charset=utf-8');
  const { key, etag, bytes } = stored;
  return {
    rows: { key, etag, bytes, format: layout.format(evidence.encoding()), columns: [...layout.columns] },
    parts: [...cutter.parts()],
  };
}

const format = (kind: FileKind): 'csv' | 'jsonl' => (kind.format === 'csv' ? 'csv' : 'jsonl');

async function drained<T>(chunks: AsyncIterable<unknown>, file: T): Promise<T> {
  for await (const _ of chunks);
  return file;
}
