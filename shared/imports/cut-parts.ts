import type { RowRange } from './planned-import.ts';

/** Parts of a run: what a state machine passes on stays below 256 KB. */
export const MAX_IMPORT_PARTS = 600;
/** Where a part ends, unless the file is so large that parts must be. */
export const PART_BYTES = 2_000_000;
export const PART_ROWS = 5_000;

interface CutOptions {
  /** @default {@link MAX_IMPORT_PARTS} */
  readonly maxParts?: number;
  /** @default {@link PART_BYTES} */
  readonly partBytes?: number;
  /** @default {@link PART_ROWS} */
  readonly partRows?: number;
}

/**
 * Makes what cuts a file into parts while its rows go by, without knowing how long it is and in constant
 * memory: whenever there are too many parts, each two become one, and from then on parts are twice as large.
 */
export function partCutter({
  maxParts = MAX_IMPORT_PARTS,
  partBytes = PART_BYTES,
  partRows = PART_ROWS,
}: CutOptions = {}) {
  let parts: RowRange[] = [];
  let rows = 0;
  let scale = 1;
  let open: { readonly start: number; readonly line: number; end: number } | undefined;

  function close(): void {
    if (open === undefined) return;
    parts.push({ start: open.start, end: open.end, line: open.line });
    open = undefined;
    rows = 0;
    if (parts.length <= maxParts) return;
    parts = inPairs(parts);
    scale *= 2;
  }

  return {
    /** A row: where it and the one after it begin. */
    add(row: RowRange): void {
      open ??= { start: row.start, line: row.line, end: row.end };
      open.end = row.end;
      rows += 1;
      if (rows >= partRows * scale || open.end - open.start >= partBytes * scale) close();
    },

    /** The parts: each begins where the one before it ended, or where only empty lines lie between. */
    parts(): readonly RowRange[] {
      close();
      return parts;
    },
  };
}

function inPairs(parts: readonly RowRange[]): RowRange[] {
  const pairs: RowRange[] = [];
  for (let at = 0; at < parts.length; at += 2) {
    const [first, second] = [parts[at], parts[at + 1]];
    if (first !== undefined) pairs.push({ ...first, end: (second ?? first).end });
  }
  return pairs;
}
