import { isUtf8 } from 'node:buffer';
import { csvCells } from '#shared/imports/csv-cells.ts';
import type { Import } from '#shared/imports/import.ts';
import type { RowFormat } from '#shared/imports/planned-import.ts';
import { checkColumns, checkKeys, chooseDelimiter, plainName } from './choose-columns.ts';
import type { FileKind } from './file-kind.ts';
import { type FoundRow, rowScanner, type ScanOptions } from './row-scanner.ts';
import { type RowEncoding, rowText } from './row-text.ts';

/** How the rows of a text are found and read. */
export interface TextLayout {
  readonly scan: ScanOptions;
  /** Bytes before the first row: a mark, and a line that says the delimiter. */
  readonly skipped: number;
  /** Of the first row; none where it is a row as any other. */
  readonly columns: readonly string[];
  /** @param evident the encoding that all bytes of the file speak for, where neither it nor the definition says */
  format(evident: RowEncoding): RowFormat;
}

const MARK_BYTES = 3;
/** A first line by which Excel is told the delimiter, whatever the country that it is set to. */
const SEPARATOR_LINE = /^sep=([\t -~])(?:\r\n|\r|\n)/i;

/**
 * Tells how a text is laid out by its beginning and the columns that the definition maps.
 *
 * @throws {ImportFileError} for columns that are not the definition's.
 */
export function textLayout({ head, marked, format }: FileKind, definition: Import): TextLayout {
  const mapped = Object.keys(definition.columns);
  const isUtf16 = marked === 'utf-16le' || marked === 'utf-16be';
  const mark = marked === 'utf-8' ? MARK_BYTES : 0;
  const whole = isUtf16 ? Buffer.from(new TextDecoder(marked).decode(head)) : head.subarray(mark);
  if (format === 'jsonl') {
    checkKeys(rowsOf(whole, {}), mapped);
    return { scan: {}, skipped: mark, columns: [], format: () => ({ type: 'jsonl' }) };
  }
  const [separatorLine = '', separator] = SEPARATOR_LINE.exec(whole.toString('latin1', 0, 10)) ?? [];
  const text = whole.subarray(separatorLine.length);

  const declared = definition.format?.type === 'csv' ? definition.format : undefined;
  const quote = declared?.quote ?? '"';
  const known = marked === undefined ? declaredEncoding(declared?.encoding) : 'utf-8';
  const columnsBy = (delimiter: string): readonly string[] | undefined => {
    const [first] = rowsOf(text, { csv: { delimiter, quote } });
    const bytes = first?.bytes ?? Buffer.alloc(0);
    const encoding = known ?? (isUtf8(bytes) ? 'utf-8' : 'windows-1252');
    return csvCells(rowText(encoding)(bytes) ?? '', { delimiter, quote })?.map(plainName);
  };
  const { delimiter, columns } = chooseDelimiter(columnsBy, mapped, declared?.delimiter ?? separator);
  checkColumns(columns, mapped);
  return {
    scan: { csv: { delimiter, quote }, line: separatorLine === '' ? 1 : 2 },
    skipped: mark + separatorLine.length,
    columns,
    format: (evident) => ({ type: 'csv', delimiter, quote, encoding: known ?? evident }),
  };
}

const declaredEncoding = (encoding: string | undefined): RowEncoding | undefined =>
  encoding === 'utf-8' || encoding === 'windows-1252' ? encoding : undefined;

/** The rows of a text's beginning, of which the last may be cut off. */
function rowsOf(text: Buffer, scan: ScanOptions): readonly FoundRow[] {
  const scanner = rowScanner(scan);
  return [...scanner.push(text), ...scanner.end()];
}
