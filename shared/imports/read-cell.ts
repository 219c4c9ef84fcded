import { localDay, momentAt } from '#shared/kernel/calendar.ts';
import { readCountry } from '#shared/traits/country.ts';
import { readDate } from '#shared/traits/date.ts';
import { timeOf } from '#shared/traits/moment.ts';
import { readValue } from '#shared/traits/read-value.ts';
import { booleanWords, readBoolean } from './boolean-words.ts';
import { dateFormat, type WallTime } from './date-format.ts';
import { type ImportColumn, typeOf } from './import.ts';

/** What stood in a cell: text, or what a format with types of its own says. */
export type Cell = unknown;

/** Reads a cell that is not blank; `undefined` for what is no value of the column's type. */
export type CellReader = (cell: Cell) => unknown;

/** Whether a cell says nothing. */
export const isBlank = (cell: Cell): boolean =>
  cell === undefined || cell === null || (typeof cell === 'string' && cell.trim() === '');

/** A cell as text, numbers by their digits; `undefined` for lists, objects and numbers that lost digits. */
export function textOf(cell: Cell): string | undefined {
  if (typeof cell === 'string') return cell.trim();
  if (typeof cell === 'number') return Math.abs(cell) <= Number.MAX_SAFE_INTEGER ? String(cell) : undefined;
  return typeof cell === 'boolean' ? String(cell) : undefined;
}

/** Makes the reader of one column. */
export function cellReader(column: ImportColumn): CellReader {
  const type = typeOf(column);
  switch (type) {
    case undefined:
      return (cell) => (typeof cell === 'string' ? cell.trim().normalize('NFC') : cell);
    case 'text':
      return (cell) => textOf(cell)?.normalize('NFC');
    case 'number':
    case 'integer':
      return numberReader(column.decimal, type === 'integer');
    case 'boolean':
      return booleanReader(column.format);
    case 'country':
      return readCountry;
    case 'date':
      return dayReader(column);
    case 'datetime': {
      const read = momentReader(column);
      return (cell) => {
        const at = read(cell);
        return at === undefined ? undefined : timeOf(at);
      };
    }
  }
}

const GROUPED = {
  ',': /^[+-]?(?:\d+|\d{1,3}(?:([. \u00a0\u202f'’])\d{3})(?:\1\d{3})*)(?:,\d+)?$/,
  '.': /^[+-]?(?:\d+|\d{1,3}(?:([, \u00a0\u202f'’])\d{3})(?:\1\d{3})*)(?:\.\d+)?$/,
} as const;

function numberReader(decimal: ',' | '.' | undefined, isInteger: boolean): CellReader {
  return function readNumber(cell) {
    const text = typeof cell === 'string' ? plainNumber(cell.trim(), decimal) : cell;
    const value = readValue('number', text, undefined);
    if (typeof value !== 'number') return undefined;
    return isInteger && !Number.isSafeInteger(value) ? undefined : value;
  };
}

/** With a point before its decimals and nothing between its thousands; `undefined` for what is no number. */
function plainNumber(text: string, decimal: ',' | '.' | undefined): string | undefined {
  if (decimal === undefined) return text;
  if (!GROUPED[decimal].test(text)) return undefined;
  return decimal === ','
    ? text.replaceAll(/[^\d,+-]/g, '').replace(',', '.')
    : text.replaceAll(/[^\d.+-]/g, '');
}

function booleanReader(format: string | undefined): CellReader {
  const words = format === undefined ? undefined : booleanWords(format);
  if (words === undefined) return readBoolean;
  return (cell) => (typeof cell === 'boolean' ? cell : words(textOf(cell) ?? ''));
}

/** A day as `2026-11-22`: of a moment the day that it is in the column's time zone. */
function dayReader(column: ImportColumn): CellReader {
  const { timeZone = 'UTC' } = column;
  const read = wallReader(column);
  return function readDay(cell) {
    const found = read(cell);
    if (found === undefined) return undefined;
    if (typeof found !== 'number') return found.day;
    const day = localDay(found, timeZone) * DAY_MS;
    return timeOf(day)?.slice(0, 10);
  };
}

/** Makes the reader of moments, as milliseconds since 1970; a day without a time is its midnight in the time zone. */
export function momentReader(column: ImportColumn): (cell: Cell) => number | undefined {
  const { timeZone } = column;
  const read = wallReader(column);
  return function readMoment(cell) {
    const found = read(cell);
    if (found === undefined || typeof found === 'number') return found;
    const wall = found.wall ?? Date.parse(`${found.day}T00:00:00Z`);
    return timeZone === undefined ? wall : momentAt(wall, timeZone);
  };
}

const DAY_MS = 86_400_000;
/** 1899-12-30: spreadsheets count from the first of January 1900, and take that year for a leap year. */
const SHEET_EPOCH = Date.UTC(1899, 11, 30);
/** The year 9999, and the first of March 1900, before which the count is off by the day that was not. */
const SERIAL_DAYS = { least: 61, most: 2_958_466 };

/** What spreadsheets keep of a date: days since 1900, with a fraction for the time. */
export function serialDate(serial: number): WallTime | undefined {
  if (!(serial >= SERIAL_DAYS.least && serial < SERIAL_DAYS.most)) return undefined;
  const wall = SHEET_EPOCH + Math.round(serial * 86_400) * 1000;
  const day = timeOf(wall)?.slice(0, 10);
  if (day === undefined) return undefined;
  return Number.isInteger(serial) ? { day } : { day, wall };
}

/** Reads a cell as a day, as the time that a clock on a wall shows, or as a moment, where it says a zone. */
function wallReader({ format = 'iso' }: ImportColumn): (cell: Cell) => WallTime | number | undefined {
  if (format === 'iso') return readIso;
  if (format === 'epochSeconds' || format === 'epochMilliseconds') {
    const unit = format === 'epochSeconds' ? 1000 : 1;
    return function readEpoch(cell) {
      const value = readValue('number', cell, undefined);
      const at = typeof value === 'number' ? Math.round(value * unit) : Number.NaN;
      return timeOf(at) === undefined ? undefined : at;
    };
  }
  if (format === 'excel') {
    return function readSerial(cell) {
      const value = readValue('number', cell, undefined);
      return typeof value === 'number' ? serialDate(value) : readTrueDate(cell);
    };
  }
  const readText = dateFormat(format);
  const isYearFirst = format.startsWith('yyyy');
  return function readWritten(cell) {
    const text = textOf(cell);
    if (text === undefined) return undefined;
    return readText?.(text) ?? (isYearFirst ? undefined : readTrueDate(text));
  };
}

/** ISO 8601 in full, which a spreadsheet's own dates come as: no other order begins with a year. */
const readTrueDate = (cell: Cell): WallTime | number | undefined =>
  typeof cell === 'string' && /^\d{4}-\d{2}-\d{2}(?:T|$)/.test(cell.trim()) ? readIso(cell) : undefined;

const ZONED = /(?:Z|GMT|UTC?|[+-]\d{2}:?\d{2})$/i;
const EPOCH = /^-?\d{9,14}$/;
const ONLY_DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Whatever a trait of type date may be; times without a zone are a wall's. */
function readIso(cell: Cell): WallTime | number | undefined {
  const written = readDate(cell);
  if (written === undefined) return undefined;
  if (ONLY_DAY.test(written)) return { day: written };
  const at = Date.parse(written);
  const text = textOf(cell) ?? '';
  const isMoment = typeof cell === 'number' || EPOCH.test(text) || ZONED.test(text);
  return isMoment ? at : { day: written.slice(0, 10), wall: at };
}
