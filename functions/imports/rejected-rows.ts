import { stringify } from 'csv-stringify/sync';
import { isJson } from '#shared/events/json.ts';
import type { PlannedImport } from '#shared/imports/planned-import.ts';
import type { WholeRow } from './row-cells.ts';
import { isSaidColumn, SAID_COLUMNS } from './said-columns.ts';

/** A row that was not taken, as it is given back. */
export interface RejectedRow {
  readonly line: number;
  readonly reason: string;
  /** The column that it was rejected for, or in which ways it breaks the source's plan. */
  readonly column?: string | undefined;
  readonly row: WholeRow;
}

/** How rejected rows are written: in columns or keys of their own, so that the file can be mended and uploaded again. */
export interface RejectedFormat {
  readonly extension: 'csv' | 'jsonl';
  readonly contentType: string;
  /** What stands before all rows. */
  readonly beginning: string;
  line(row: RejectedRow): string;
}

/** Rejected rows of JSON lines are such lines again; all others are CSV, with the delimiter of their file. */
export function rejectedFormat({ format, columns }: PlannedImport['rows']): RejectedFormat {
  if (format.type === 'jsonl') {
    return { extension: 'jsonl', contentType: 'application/x-ndjson', beginning: '', line: jsonLine };
  }
  const dialect = {
    delimiter: format.type === 'csv' ? format.delimiter : ',',
    quote: format.type === 'csv' ? format.quote : '"',
    escape: format.type === 'csv' ? format.quote : '"',
    record_delimiter: 'windows',
  } as const;
  // Of a file that was given back once already, what was said of its rows then is left out
  const places = columns.flatMap((name, at) => (isSaidColumn(name) ? [] : [at]));
  return {
    extension: 'csv',
    contentType: 'text/csv; charset=utf-8',
    // By the mark spreadsheets know UTF-8
    beginning: `\ufeff${stringify([[...SAID_COLUMNS, ...places.map((at) => columns[at])]], dialect)}`,
    line({ line, reason, column, row }) {
      const cells = Array.isArray(row)
        ? [...places.map((at) => row[at]), ...row.slice(columns.length)]
        : [row];
      return stringify([[line, reason, column ?? '', ...cells.map(cellText)]], dialect);
    },
  };
}

function jsonLine({ line, reason, column, row }: RejectedRow): string {
  const own = isJson(row) ? Object.entries(row).filter(([key]) => !isSaidColumn(key)) : [];
  const said = { rejected_line: line, rejected_reason: reason, rejected_column: column };
  const rest = isJson(row) ? Object.fromEntries(own) : { rejected_row: row };
  return `${JSON.stringify({ ...said, ...rest })}\n`;
}

function cellText(cell: unknown): string {
  if (cell === undefined || cell === null) return '';
  return typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
}
