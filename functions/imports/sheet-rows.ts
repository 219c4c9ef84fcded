import { serialDate } from '#shared/imports/read-cell.ts';
import { ImportFileError } from './import-file-error.ts';
import { readXml } from './read-xml.ts';
import { MAX_ROW_BYTES } from './row-scanner.ts';
import type { Workbook } from './workbook.ts';

/** A cell as it is copied: dates as ISO 8601, a formula's error and a number that lost digits as an object. */
export type SheetCell = string | number | boolean | null | { readonly error: string };

/** A row of a sheet: its number in it, from 1, and its cells from the first column on. */
export interface SheetRow {
  readonly row: number;
  readonly cells: readonly SheetCell[];
}

/** Columns that a sheet has at most. */
const MAX_COLUMNS = 16_384;

/** The rows of a sheet, some at a time; those that are left out are empty. */
export async function* sheetRows(
  sheet: AsyncIterable<Buffer>,
  workbook: Workbook,
): AsyncGenerator<readonly SheetRow[]> {
  let rows: SheetRow[] = [];
  let cells: SheetCell[] = [];
  let row = 0;
  let column = 0;
  let cell = { type: 'n', style: 0 };
  let text = '';
  let isValue = false;
  let isPhonetic = false;

  const steps = readXml(sheet, {
    open(name, attribute) {
      if (name === 'c') {
        const ref = attribute('r');
        column = ref === undefined ? column + 1 : columnOf(ref);
        cell = { type: attribute('t') ?? 'n', style: Number(attribute('s') ?? 0) };
        text = '';
      } else if (name === 'row') {
        row = rowAfter(row, attribute('r'));
        column = 0;
        cells = [];
      } else if (name === 'rPh') isPhonetic = true;
      isValue = name === 'v' || (name === 't' && !isPhonetic);
    },
    text(part) {
      // A row with more is rejected as too large
      if (isValue && text.length <= MAX_ROW_BYTES) text += part;
    },
    close(name) {
      isValue = false;
      if (name === 'c') {
        while (cells.length < column - 1) cells.push(null);
        cells[column - 1] = readCell(text, cell, workbook);
      } else if (name === 'row') rows.push({ row, cells });
      else if (name === 'rPh') isPhonetic = false;
    },
  });
  for await (const _ of steps) {
    const found = rows;
    rows = [];
    yield found;
  }
}

/** A row's number is its identity: it is greater than that of the one before it. */
function rowAfter(last: number, written: string | undefined): number {
  const row = written === undefined ? last + 1 : Number(written);
  if (Number.isSafeInteger(row) && row > last) return row;
  throw new ImportFileError(
    'FileUnreadable',
    'the file cannot be read: the rows of its sheet are in no order',
  );
}

/** `AB12` stands in column 28. */
function columnOf(ref: string): number {
  let column = 0;
  for (let at = 0; at < ref.length; at++) {
    const letter = ref.charCodeAt(at) - 64;
    if (letter < 1 || letter > 26) break;
    column = column * 26 + letter;
  }
  if (column < 1 || column > MAX_COLUMNS) {
    throw new ImportFileError('FileUnreadable', 'the file cannot be read: a cell of its sheet has no place');
  }
  return column;
}

function readCell(
  text: string,
  { type, style }: { readonly type: string; readonly style: number },
  { shared, isDate, since1904 }: Workbook,
): SheetCell {
  if (type === 's') return unescaped(shared[Number(text)] ?? '');
  if (type === 'str' || type === 'inlineStr') return unescaped(text);
  if (type === 'b') return text === '1';
  if (type === 'e') return { error: text };
  // ISO 8601, of workbooks by the strict form of the standard
  if (type === 'd') return text;
  const value = text === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) return null;
  if (Math.abs(value) >= BEYOND_DIGITS) return { error: text };
  return isDate[style] === true ? dated(value, since1904) : value;
}

/**
 * Spreadsheets keep 15 digits of a number: of a longer one the rest were made zeros, so that many cards become one.
 * https://support.microsoft.com/en-us/office/excel-specifications-and-limits-1672b34d-7043-467e-8e27-269d656771c3
 */
const BEYOND_DIGITS = 1e15;

const DAYS_BEFORE_1904 = 1_462;

function dated(serial: number, since1904: boolean): SheetCell {
  const date = serialDate(since1904 ? serial + DAYS_BEFORE_1904 : serial);
  if (date === undefined) return serial;
  return date.wall === undefined ? date.day : new Date(date.wall).toISOString().slice(0, 19);
}

/** Characters that XML cannot hold are written as `_x000D_`. */
const unescaped = (text: string): string =>
  text.includes('_x')
    ? text.replaceAll(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) =>
        String.fromCharCode(Number.parseInt(code, 16)),
      )
    : text;
