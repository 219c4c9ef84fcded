import { isUtf8 } from 'node:buffer';

/** How the plain text of rows is written; what is written otherwise is rewritten before rows are looked for. */
export type RowEncoding = 'utf-8' | 'windows-1252';

/** What Windows-1252 has where ISO 8859-1 has control characters; a blank for a byte that stands for nothing. */
const CODES = '€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ';
const HIGH = /[\x80-\x9f]/;
const HIGH_ALL = /[\x80-\x9f]/g;

/** Makes the reader of a row's text; nothing for bytes that are no text of the encoding. */
export function rowText(encoding: RowEncoding): (bytes: Buffer) => string | undefined {
  return encoding === 'utf-8' ? utf8Text : windowsText;
}

function utf8Text(bytes: Buffer): string | undefined {
  const text = bytes.toString('utf8');
  // What is no UTF-8 is read as this sign, which a text may also hold itself
  return text.includes('\ufffd') && !isUtf8(bytes) ? undefined : text;
}

function windowsText(bytes: Buffer): string | undefined {
  const text = bytes.toString('latin1');
  if (!HIGH.test(text)) return text;
  const read = text.replaceAll(HIGH_ALL, (unit) => CODES[unit.charCodeAt(0) - 0x80] ?? ' ');
  return /[\x81\x8d\x8f\x90\x9d]/.test(text) ? undefined : read;
}
