import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { partCutter } from '#shared/imports/cut-parts.ts';
import type { PlannedImport } from '#shared/imports/planned-import.ts';
import { isBlank, textOf } from '#shared/imports/read-cell.ts';
import { checkColumns, plainName } from './choose-columns.ts';
import { ImportFileError } from './import-file-error.ts';
import { rowsKey } from './import-keys.ts';
import { plainBytes } from './plain-text.ts';
import type { ReadOptions } from './read-rows.ts';
import { MAX_ROW_BYTES } from './row-scanner.ts';
import { type SheetCell, type SheetRow, sheetRows } from './sheet-rows.ts';
import { readWorkbook, type Workbook } from './workbook.ts';
import { openZip } from './zip-file.ts';

/** Bytes that a spreadsheet may have, which stands on the function's own disk while it is read. */
export const MAX_SHEET_BYTES = 200_000_000;

/**
 * Reads a spreadsheet: its rows are written down as lines of JSON, each its number in the sheet and then its
 * cells, and cut into parts. The first row with anything in it names the columns.
 *
 * An archive is read from its end, so it is laid on disk first; of the sheet no more is held than a few rows.
 *
 * @throws {ImportFileError} for what is no .xlsx, or whose columns are not those of the definition.
 */
export async function readSheet(
  upload: AsyncIterable<Buffer>,
  options: ReadOptions,
): Promise<Pick<PlannedImport, 'rows' | 'parts'>> {
  const folder = await mkdtemp(join(tmpdir(), 'import-'));
  try {
    const path = join(folder, 'file.xlsx');
    await pipeline(plainBytes(upload, options.kind, MAX_SHEET_BYTES), createWriteStream(path));
    const zip = await openZip(path);
    try {
      const workbook = await readWorkbook(zip);
      const sheet = await zip.open(chooseSheet(workbook, options.definition.format).path);
      if (sheet === undefined)
        throw new ImportFileError('FileUnreadable', 'the file cannot be read: it lacks a sheet');
      return await copyRows(sheetRows(sheet, workbook), options);
    } finally {
      zip.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function chooseSheet(
  { sheets }: Workbook,
  format: ReadOptions['definition']['format'],
): Workbook['sheets'][number] {
  const wanted = format?.type === 'xlsx' ? format.sheet : undefined;
  const sheet =
    wanted === undefined
      ? sheets.find(({ isHidden }) => !isHidden)
      : sheets.find(({ name }) => name === wanted);
  if (sheet !== undefined) return sheet;
  const names = sheets.map(({ name }) => `"${name}"`).join(', ');
  throw new ImportFileError('FileUnreadable', `there is no sheet "${wanted ?? ''}" to read: it has ${names}`);
}

async function copyRows(
  found: AsyncIterable<readonly SheetRow[]>,
  { definition, run, files }: ReadOptions,
): Promise<Pick<PlannedImport, 'rows' | 'parts'>> {
  const cutter = partCutter();
  let columns: string[] = [];
  let start = 0;
  let line = 0;

  async function* lines() {
    for await (const rows of found) {
      const copied: Buffer[] = [];
      for (const { row, cells } of rows) {
        if (cells.every(isBlank)) continue;
        if (columns.length === 0) {
          columns = cells.map((cell) => plainName(textOf(cell) ?? ''));
          checkColumns(columns, Object.keys(definition.columns));
          continue;
        }
        const bytes = copyOf(row, cells);
        line += 1;
        cutter.add({ start, end: start + bytes.length, line });
        start += bytes.length;
        copied.push(bytes);
      }
      if (copied.length > 0) yield Buffer.concat(copied);
    }
  }

  const { key, etag, bytes } = await files.write(rowsKey(run, 'jsonl'), lines(), 'application/x-ndjson');
  return { rows: { key, etag, bytes, format: { type: 'cells' }, columns }, parts: [...cutter.parts()] };
}

/** A line for a row; of one that is too large its number alone, as a text. */
function copyOf(row: number, cells: readonly SheetCell[]): Buffer {
  const bytes = Buffer.from(`${JSON.stringify([row, ...cells])}\n`);
  return bytes.length <= MAX_ROW_BYTES ? bytes : Buffer.from(`${JSON.stringify([String(row)])}\n`);
}
