import { isAscii, isUtf8 } from 'node:buffer';
import type { RowEncoding } from './row-text.ts';

/**
 * Makes what tells UTF-8 from Windows-1252 by all bytes of a file as they go by. Text of the latter holds
 * next to nothing that is UTF-8 beyond ASCII; a file of UTF-8 with some broken rows holds mostly that, and
 * loses those rows alone.
 */
export function encodingEvidence() {
  let valid = 0;
  let invalid = 0;
  let rest: Buffer = Buffer.alloc(0);

  function look(bytes: Buffer): void {
    if (isAscii(bytes)) return;
    const isWhole = isUtf8(bytes);
    for (let at = 0; at < bytes.length; at++) {
      const length = sequenceLength(bytes[at] ?? 0);
      if (length === 1) continue;
      if (isWhole || (length > 1 && isUtf8(bytes.subarray(at, at + length)) && at + length <= bytes.length)) {
        valid += 1;
        at += length - 1;
      } else invalid += 1;
    }
  }

  return {
    push(chunk: Buffer): void {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const cut = unfinished(bytes);
      look(bytes.subarray(0, bytes.length - cut));
      rest = bytes.subarray(bytes.length - cut);
    },
    encoding(): RowEncoding {
      look(rest);
      rest = Buffer.alloc(0);
      return invalid > valid ? 'windows-1252' : 'utf-8';
    },
  };
}

/** Of UTF-8 by its first byte; 0 for a byte that begins nothing. */
function sequenceLength(byte: number): number {
  if (byte < 0x80) return 1;
  if (byte < 0xc2 || byte > 0xf4) return 0;
  if (byte < 0xe0) return 2;
  return byte < 0xf0 ? 3 : 4;
}

/** How many bytes at the end begin a character that the next chunk may end. */
function unfinished(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const length = sequenceLength(bytes[bytes.length - back] ?? 0);
    if (length > back) return back;
    if (length > 0) return 0;
  }
  return 0;
}
