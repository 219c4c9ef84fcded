import { constants, gunzipSync } from 'node:zlib';
import type { ImportFormat } from '#shared/imports/import.ts';
import { ImportFileError } from './import-file-error.ts';
import { isGivenBack } from './said-columns.ts';

/** What a file is by its first bytes and its name. */
export interface FileKind {
  readonly isGzip: boolean;
  readonly format: ImportFormat['type'];
  /** As far as a mark or zeros between the letters tell; of `utf-8` the mark stands at the beginning. */
  readonly marked?: 'utf-8' | 'utf-16le' | 'utf-16be' | undefined;
  /** The first of its bytes as they are without gzip. */
  readonly head: Buffer;
}

/** Bytes of a file from which it is told what it is: room for a first line, however long. */
export const HEAD_BYTES = 131_072;

const startsWith = (bytes: Buffer, ...magic: readonly number[]): boolean =>
  magic.every((byte, at) => bytes[at] === byte);

/**
 * Tells what a file is: gzip and spreadsheets by their first bytes, JSON lines by name or by a brace where
 * the first line begins, and everything else that is text as CSV.
 *
 * @throws {ImportFileError} for what is none of these, or not what the definition says.
 */
export function fileKind(
  start: Buffer,
  { key, format }: { readonly key: string; readonly format?: ImportFormat | undefined },
): FileKind {
  const isGzip = startsWith(start, 0x1f, 0x8b);
  const head = isGzip ? inflatedHead(start) : start;
  if (head.length === 0) throw new ImportFileError('FileEmpty', 'the file is empty');
  if (startsWith(head, 0xd0, 0xcf, 0x11, 0xe0)) {
    throw unreadable('it is a spreadsheet of the old .xls format, or an encrypted one: save it as .xlsx');
  }
  if (startsWith(head, 0x50, 0x4b)) {
    if (format !== undefined && format.type !== 'xlsx')
      throw unreadable(`it is a zip archive, not ${format.type}`);
    return { isGzip, head, format: 'xlsx' };
  }
  // The rejected rows of a spreadsheet are given back as CSV
  if (format?.type === 'xlsx' && !isGivenBack(head)) throw unreadable('it is no .xlsx');
  const declared = format?.type === 'xlsx' ? 'csv' : format?.type;

  const marked = markOf(head) ?? declaredUtf16(format) ?? utf16Of(head);
  if ((marked === undefined || marked === 'utf-8') && head.includes(0)) throw unreadable('it is no text');
  const type = declared ?? (isJsonLines(head, key, marked) ? 'jsonl' : 'csv');
  return { isGzip, head, format: type, marked };
}

const unreadable = (what: string): ImportFileError =>
  new ImportFileError('FileUnreadable', `the file cannot be read: ${what}`);

function inflatedHead(start: Buffer): Buffer {
  try {
    // What was cut off within a block is given as far as it goes
    const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 2 ** 28 };
    return gunzipSync(start, options).subarray(0, HEAD_BYTES);
  } catch (cause) {
    throw new ImportFileError('FileUnreadable', 'the file cannot be read: its gzip is broken', { cause });
  }
}

function markOf(head: Buffer): FileKind['marked'] {
  if (startsWith(head, 0xef, 0xbb, 0xbf)) return 'utf-8';
  if (startsWith(head, 0xff, 0xfe)) return 'utf-16le';
  return startsWith(head, 0xfe, 0xff) ? 'utf-16be' : undefined;
}

function declaredUtf16(format: ImportFormat | undefined): FileKind['marked'] {
  const encoding = format?.type === 'csv' ? format.encoding : undefined;
  return encoding === 'utf-16le' || encoding === 'utf-16be' ? encoding : undefined;
}

/** Latin letters in UTF-16 have a zero each, all of them on one side. */
function utf16Of(head: Buffer): FileKind['marked'] {
  const zeros = [0, 0];
  head.forEach((byte, at) => {
    if (byte === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
  });
  const [even = 0, odd = 0] = zeros;
  const isMany = (count: number): boolean => count > head.length / 4;
  if (isMany(odd) && even === 0) return 'utf-16le';
  return isMany(even) && odd === 0 ? 'utf-16be' : undefined;
}

function isJsonLines(head: Buffer, key: string, marked: FileKind['marked']): boolean {
  const name = key.toLowerCase().replace(/\.gz$/, '');
  if (/\.(?:jsonl|ndjson)$/.test(name)) return true;
  if (/\.(?:csv|tsv|txt)$/.test(name)) return false;
  const text = new TextDecoder(marked ?? 'windows-1252').decode(head.subarray(0, 1000)).trimStart();
  return text.startsWith('{');
}
