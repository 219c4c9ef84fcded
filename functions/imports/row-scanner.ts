/** A row that cannot be read as it stands. */
export type RowFault = 'bad_quotes' | 'row_too_large';

/** A row as it stands in a file. */
export interface FoundRow {
  /** Without its line end; of one that is too large the beginning. */
  readonly bytes: Buffer;
  /** The line of the file that it begins on, from 1. */
  readonly line: number;
  /** Where it begins, and where its line end ends, in bytes from where scanning began. */
  readonly start: number;
  readonly end: number;
  readonly fault: RowFault | undefined;
}

export interface ScanOptions {
  /** Rows of CSV may hold line ends in quotes; without it each line is a row. */
  readonly csv?: { readonly delimiter: string; readonly quote: string } | undefined;
  /** The line that scanning begins on. @default 1 */
  readonly line?: number;
  /** Bytes that a row may have. @default {@link MAX_ROW_BYTES} */
  readonly maxRowBytes?: number;
}

/** Bytes that a row of a file may have. */
export const MAX_ROW_BYTES = 65_536;

const LF = 10;
const CR = 13;

/** How a row ends: where its bytes end, where the next begins, and what is wrong with it. */
interface RowEnd {
  readonly end: number;
  readonly next: number;
  readonly fault?: RowFault;
}

/** A row on its way out, with how many bytes are behind it then that were not before. */
interface Added {
  readonly bytes: Buffer;
  readonly start: number;
  readonly length: number;
  readonly fault?: RowFault | undefined;
}

/** A row that is too large, of which the end is still looked for. */
interface Skipped {
  readonly beginning: Buffer;
  readonly start: number;
}

export interface RowScanner {
  /** The rows that are whole by now. */
  push(chunk: Buffer): FoundRow[];
  /** The last rows, of a file that need not end with a line end. */
  end(): FoundRow[];
}

/**
 * Makes what finds the rows of a file in bytes that come in chunks of any size, and keeps no more of them than
 * one row. Line ends are LF, CR LF or CR, mixed as they may be; of JSON lines LF alone. Empty lines are passed
 * over, and counted as lines.
 *
 * Of CSV a quote opens a quoted cell where a cell begins, and is text anywhere else; what follows a closing
 * quote and is neither a delimiter nor a line end makes the row bad. A quote that nothing closes within the
 * bytes that a row may have makes its line alone bad: the rows after it are found as if it were not there.
 *
 * The law that parts of a file rest on: whoever scans from where a row begins to where another one ends
 * finds the very rows that scanning the whole file finds there.
 */
export function rowScanner({
  csv,
  line: firstLine = 1,
  maxRowBytes = MAX_ROW_BYTES,
}: ScanOptions): RowScanner {
  const findEnd = csv === undefined ? lineEnds : csvEnds(csv);
  let kept: Buffer = Buffer.alloc(0);
  let offset = 0;
  let line = firstLine;
  let skipped: Skipped | undefined;

  function scan(chunk: Buffer, isLast: boolean): FoundRow[] {
    const bytes = kept.length === 0 ? chunk : Buffer.concat([kept, chunk]);
    const rows: FoundRow[] = [];
    const find = findEnd(bytes, isLast, maxRowBytes);
    let from = 0;
    if (skipped !== undefined) from = endSkipped(bytes, isLast, skipped, rows);
    while (from < bytes.length && skipped === undefined) {
      const found = find(from);
      if (found === undefined) break;
      if (found === 'too large') {
        skipped = { beginning: bytes.subarray(from, from + maxRowBytes), start: offset };
        from += endSkipped(bytes.subarray(from), isLast, skipped, rows);
        continue;
      }
      add(rows, {
        ...found,
        bytes: bytes.subarray(from, found.end),
        start: offset,
        length: found.next - from,
      });
      from = found.next;
    }
    kept = bytes.subarray(from);
    return rows;
  }

  /** Passes over the rest of a row that is too large, and gives where it ends, or where to look again. */
  function endSkipped(
    bytes: Buffer,
    isLast: boolean,
    { beginning, start }: Skipped,
    rows: FoundRow[],
  ): number {
    const end = firstLineEnd(bytes, 0, csv !== undefined);
    // A CR at the very end may yet be followed by its LF
    const isCut = end !== -1 && bytes[end] === CR && end + 1 === bytes.length && !isLast;
    if ((end === -1 && !isLast) || isCut) {
      const passed = end === -1 ? bytes.length : end;
      offset += passed;
      return passed;
    }
    skipped = undefined;
    const next = end === -1 ? bytes.length : afterLineEnd(bytes, end);
    add(rows, { bytes: beginning, start, length: next, fault: 'row_too_large' });
    return next;
  }

  function add(rows: FoundRow[], { bytes, start, length, fault }: Added): void {
    offset += length;
    const isEmpty = bytes.length === 0 || (csv === undefined && isWhite(bytes));
    if (!isEmpty) rows.push({ bytes, line, start, end: offset, fault });
    line += fault === 'row_too_large' ? 1 : 1 + lineEndsIn(bytes, csv !== undefined);
  }

  return {
    push: (chunk) => scan(chunk, false),
    end: () => scan(Buffer.alloc(0), true),
  };
}

const afterLineEnd = (bytes: Buffer, end: number): number =>
  bytes[end] === CR && bytes[end + 1] === LF ? end + 2 : end + 1;

function firstLineEnd(bytes: Buffer, from: number, endsAtCr: boolean): number {
  const lf = bytes.indexOf(LF, from);
  if (!endsAtCr) return lf;
  const cr = (lf === -1 ? bytes : bytes.subarray(0, lf)).indexOf(CR, from);
  return cr === -1 ? lf : cr;
}

function lineEndsIn(bytes: Buffer, endsAtCr: boolean): number {
  let count = 0;
  for (let at = firstLineEnd(bytes, 0, endsAtCr); at !== -1; ) {
    count += 1;
    at = firstLineEnd(bytes, afterLineEnd(bytes, at), endsAtCr);
  }
  return count;
}

const isWhite = (bytes: Buffer): boolean => bytes.every((byte) => byte === 32 || byte === 9 || byte === CR);

/** Finds the end of the row that begins somewhere; nothing where more bytes are needed to tell. */
type FindEnd = (from: number) => RowEnd | 'too large' | undefined;

function lineEnds(bytes: Buffer, isLast: boolean, maxRowBytes: number): FindEnd {
  return function findLineEnd(from) {
    const lf = bytes.indexOf(LF, from);
    const end = lf === -1 ? bytes.length : lf;
    if (end - from > maxRowBytes) return 'too large';
    if (lf === -1 && !isLast) return undefined;
    return { end, next: lf === -1 ? end : end + 1 };
  };
}

function csvEnds({ delimiter, quote }: { readonly delimiter: string; readonly quote: string }) {
  const delimiterByte = delimiter.charCodeAt(0);
  const quoteByte = quote.charCodeAt(0);

  return function csvEndsIn(bytes: Buffer, isLast: boolean, maxRowBytes: number): FindEnd {
    // Where each of these is met next, so that a file without them is looked through once
    let nextLf = -2;
    let nextCr = -2;
    let nextQuote = -2;
    const nextOf = (byte: number, known: number, from: number): number =>
      known === -1 || known >= from ? known : bytes.indexOf(byte, from);

    return function findRowEnd(from) {
      nextLf = nextOf(LF, nextLf, from);
      nextCr = nextOf(CR, nextCr, from);
      nextQuote = nextOf(quoteByte, nextQuote, from);
      const end = nextCr === -1 || (nextLf !== -1 && nextLf < nextCr) ? nextLf : nextCr;
      const isPlain = end !== -1 && (nextQuote === -1 || nextQuote > end) && end - from <= maxRowBytes;
      // A CR at the very end may yet be followed by its LF
      if (isPlain && (end + 1 < bytes.length || bytes[end] === LF || isLast)) {
        return { end, next: afterLineEnd(bytes, end) };
      }
      return slowly(from);
    };

    function slowly(from: number): RowEnd | 'too large' | undefined {
      const limit = Math.min(bytes.length, from + maxRowBytes + 2);
      const isWhole = isLast && limit === bytes.length;
      const found = quotedEnd(from, limit, isWhole);
      if (found !== undefined && found.end - from <= maxRowBytes) return found;
      if (found === undefined && !isWhole && limit < from + maxRowBytes + 2) return undefined;
      const end = firstLineEnd(bytes, from, true);
      if (end === -1 || end - from > maxRowBytes) {
        return end === -1 && bytes.length - from <= maxRowBytes
          ? { end: bytes.length, next: bytes.length, fault: 'bad_quotes' }
          : 'too large';
      }
      return { end, next: afterLineEnd(bytes, end), fault: 'bad_quotes' };
    }

    /** The end of the row by its quotes; nothing where it does not end before `limit`. */
    function quotedEnd(from: number, limit: number, isWhole: boolean): RowEnd | undefined {
      let isBad = false;
      let at = from;
      const ended = (end: number, next: number): RowEnd =>
        isBad ? { end, next, fault: 'bad_quotes' } : { end, next };

      for (;;) {
        if (at < limit && bytes[at] === quoteByte) {
          const close = closingQuote(at + 1, limit);
          if (close === undefined) return undefined;
          at = close + 1;
          const after = at < limit ? bytes[at] : undefined;
          isBad ||= after !== undefined && after !== delimiterByte && after !== LF && after !== CR;
          // Whether it is doubled, and so did not close, is told by the byte after it
          if (after === undefined) return isWhole ? ended(at, at) : undefined;
        }
        while (at < limit && bytes[at] !== delimiterByte && bytes[at] !== LF && bytes[at] !== CR) at += 1;
        if (at >= limit) return isWhole ? ended(limit, limit) : undefined;
        if (bytes[at] !== delimiterByte) {
          if (bytes[at] === CR && at + 1 >= limit && !isWhole) return undefined;
          return ended(at, afterLineEnd(bytes, at));
        }
        at += 1;
      }
    }

    function closingQuote(from: number, limit: number): number | undefined {
      for (let at = from; ; at += 2) {
        at = bytes.indexOf(quoteByte, at);
        if (at === -1 || at >= limit) return undefined;
        if (bytes[at + 1] !== quoteByte || at + 1 >= limit) return at;
      }
    }
  };
}
