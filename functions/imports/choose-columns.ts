import { isJson } from '#shared/events/json.ts';
import { ImportFileError } from './import-file-error.ts';
import type { FoundRow } from './row-scanner.ts';

const DELIMITERS = [',', ';', '\t', '|'] as const;

/** A column's name as it is compared: a spreadsheet may leave blanks around it, or write é as two characters. */
export const plainName = (name: string): string => name.trim().normalize('NFC');

/**
 * Which delimiter a file of CSV has: the one that makes most of the mapped columns of its first line, and of
 * several the one that makes most columns at all.
 *
 * @throws {ImportFileError} for a first line with an open quote.
 */
export function chooseDelimiter(
  columnsBy: (delimiter: string) => readonly string[] | undefined,
  mapped: readonly string[],
  declared: string | undefined,
): { readonly delimiter: string; readonly columns: readonly string[] } {
  const candidates = (declared === undefined ? DELIMITERS : [declared]).flatMap((delimiter) => {
    const columns = columnsBy(delimiter);
    if (columns === undefined) return [];
    return [{ delimiter, columns, found: mapped.filter((name) => columns.includes(plainName(name))).length }];
  });
  const [best] = candidates.toSorted((a, b) => b.found - a.found || b.columns.length - a.columns.length);
  if (best === undefined) throw new ImportFileError('FileUnreadable', 'the first line has an open quote');
  return best;
}

/** @throws {ImportFileError} naming each mapped column that the file lacks, or has twice. */
export function checkColumns(columns: readonly string[], mapped: readonly string[]): void {
  const count = (name: string): number => columns.filter((column) => column === plainName(name)).length;
  const missing = mapped.filter((name) => count(name) === 0);
  if (missing.length > 0) {
    throw new ImportFileError(
      'ColumnsMissing',
      `the file has no column ${quoted(missing)}: its first line has ${quoted(columns)}`,
    );
  }
  const twice = mapped.filter((name) => count(name) > 1);
  if (twice.length > 0) {
    throw new ImportFileError('ColumnsTwice', `the file has more than one column ${quoted(twice)}`);
  }
}

/**
 * Checks the first of some JSON lines, which need not all have every key.
 *
 * @throws {ImportFileError} where there are objects and none of them has any of the mapped keys.
 */
export function checkKeys(rows: readonly FoundRow[], mapped: readonly string[]): void {
  const objects = rows.slice(0, 100).flatMap(({ bytes }) => objectOf(bytes));
  if (objects.length === 0 || objects.some((object) => mapped.some((name) => Object.hasOwn(object, name))))
    return;
  throw new ImportFileError(
    'ColumnsMissing',
    `none of the first lines has a key ${quoted(mapped)}: the first has ${quoted(Object.keys(objects[0] ?? {}))}`,
  );
}

function objectOf(bytes: Buffer): object[] {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return isJson(value) ? [value] : [];
  } catch {
    return [];
  }
}

const quoted = (names: readonly string[]): string =>
  names
    .slice(0, 20)
    .map((name) => `"${name.slice(0, 50)}"`)
    .join(', ');
