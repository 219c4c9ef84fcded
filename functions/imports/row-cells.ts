import { isJson } from '#shared/events/json.ts';
import { LIMITS } from '#shared/events/limits.ts';
import { isDeeper } from '#shared/events/nesting.ts';
import { csvCells } from '#shared/imports/csv-cells.ts';
import type { PlannedImport } from '#shared/imports/planned-import.ts';
import { type Cell, isBlank } from '#shared/imports/read-cell.ts';
import type { RowReason } from '#shared/imports/reasons.ts';
import { own } from '#shared/kernel/own.ts';
import { plainName } from './choose-columns.ts';
import type { FoundRow } from './row-scanner.ts';
import { type RowEncoding, rowText } from './row-text.ts';

/** What a row says, before its values are read. */
export type RowCells =
  /** Every cell is blank: nothing to tell of. */
  | { readonly kind: 'blank' }
  /** `cells` are those of the mapped columns, in the definition's order; `whole` all that the row said. */
  | {
      readonly kind: 'cells';
      readonly line: number;
      readonly cells: readonly Cell[];
      readonly whole: WholeRow;
    }
  | {
      readonly kind: 'rejected';
      readonly line: number;
      readonly reason: RowReason;
      readonly column?: string | undefined;
      readonly whole: WholeRow;
    };

/** A row as it is given back: its cells, its keys, or its text where not even these can be told. */
export type WholeRow = readonly Cell[] | Readonly<Record<string, unknown>> | string;

/** Makes the function that takes a row of a run apart. */
export function rowCells({ rows, definition }: Pick<PlannedImport, 'rows' | 'definition'>) {
  const mapped = Object.keys(definition.columns);
  const { format } = rows;
  if (format.type === 'jsonl') return jsonRows(mapped);
  const places = mapped.map((name) => rows.columns.indexOf(plainName(name)));
  const count = rows.columns.length;
  return format.type === 'csv' ? csvRows(format, places, count) : sheetRows(mapped, places);
}

function csvRows(
  format: { readonly delimiter: string; readonly quote: string; readonly encoding: RowEncoding },
  places: readonly number[],
  count: number,
) {
  const textOf = rowText(format.encoding);
  return function readCsv({ bytes, line, fault }: FoundRow): RowCells {
    if (fault !== undefined) return { kind: 'rejected', line, reason: fault, whole: shown(bytes, textOf) };
    const text = textOf(bytes);
    if (text === undefined)
      return { kind: 'rejected', line, reason: 'bad_encoding', whole: shown(bytes, textOf) };
    const all = csvCells(text, format);
    if (all === undefined) return { kind: 'rejected', line, reason: 'bad_quotes', whole: text };
    if (all.length !== count) {
      if (all.every(isBlank)) return { kind: 'blank' };
      return { kind: 'rejected', line, reason: 'wrong_columns', whole: all };
    }
    const cells = places.map((place) => all[place]);
    if (cells.every(isBlank) && all.every(isBlank)) return { kind: 'blank' };
    return { kind: 'cells', line, cells, whole: all };
  };
}

function jsonRows(mapped: readonly string[]) {
  const textOf = rowText('utf-8');
  return function readJson({ bytes, line, fault }: FoundRow): RowCells {
    if (fault !== undefined) return { kind: 'rejected', line, reason: fault, whole: shown(bytes, textOf) };
    const text = textOf(bytes);
    if (text === undefined)
      return { kind: 'rejected', line, reason: 'bad_encoding', whole: shown(bytes, textOf) };
    const value = parsed(text);
    if (value === undefined) return { kind: 'rejected', line, reason: 'bad_json', whole: text };
    if (!isJson(value)) return { kind: 'rejected', line, reason: 'not_an_object', whole: text };
    const cells = mapped.map((name) => own(value, name));
    // No encoder of JSON goes as deep as a sender may
    return { kind: 'cells', line, cells, whole: isDeeper(value, LIMITS.rejectedDepth) ? text : value };
  };
}

/** A sheet's rows are lines of our own making: the row's number, as a text where it is too large, then its cells. */
function sheetRows(mapped: readonly string[], places: readonly number[]) {
  return function readSheet({ bytes }: FoundRow): RowCells {
    const value = parsed(bytes.toString('utf8'));
    const [row, ...all] = Array.isArray(value) ? value : [];
    const line = Number(row);
    if (!Number.isSafeInteger(line)) throw new TypeError('a line of a copied sheet holds no row');
    if (typeof row === 'string') return { kind: 'rejected', line, reason: 'row_too_large', whole: [] };
    const cells = places.map((place) => all[place]);
    const broken = cells.findIndex((cell) => isJson(cell));
    const whole = all.map((cell) => (isJson(cell) ? cell.error : cell));
    if (broken === -1) return { kind: 'cells', line, cells, whole };
    const isNumber = !Number.isNaN(Number(whole[places[broken] ?? -1]));
    const reason = isNumber ? 'lost_digits' : 'bad_formula';
    return { kind: 'rejected', line, reason, column: mapped[broken], whole };
  };
}

/** As far as it can be: what was cut off may end within a character. */
const shown = (bytes: Buffer, textOf: (bytes: Buffer) => string | undefined): string =>
  textOf(bytes) ?? bytes.toString('utf8');

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
