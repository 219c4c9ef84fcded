import { addMinor, decimalText, type Minor, negateMinor } from '#shared/traits/minor.ts';
import type { CellParts, Kind, Reading } from './computed-state.ts';

/** What was added up, and of how many values: a sum of 0 is told from none. */
export type Sum = readonly [total: Minor, values: number];

/** How many events there were. */
export const COUNT: Kind<number> = {
  is: (cell) => typeof cell === 'number',
  join: (a, b) => a + b,
  separate: (parts) => subtracting(parts, COUNT.join, (now, loser) => positive(now - loser)),
  read: (cells) => ({ value: cells.reduce((sum, count) => sum + count, 0) }),
};

/** Sums of values in units of their last decimal, which are exact. */
export function sumKind(read: (sum: Sum) => Reading): Kind<Sum> {
  const join = (a: Sum, b: Sum): Sum => [addMinor(a[0], b[0]), a[1] + b[1]];
  return {
    is: isSum,
    join,
    separate: (parts) =>
      subtracting(parts, join, (now, loser) =>
        now[1] > loser[1] ? [addMinor(now[0], negateMinor(loser[0])), now[1] - loser[1]] : undefined,
      ),
    read: (cells) => read(cells.reduce(join, [0, 0])),
  };
}

const isSum = (cell: unknown): cell is Sum =>
  Array.isArray(cell) && (typeof cell[0] === 'number' || typeof cell[0] === 'string') && cell.length === 2;

/** A sum of nothing is 0. */
export const readTotal =
  (places: number) =>
  ([total]: Sum): Reading => {
    const exact = decimalText(total, places);
    const value = Number(exact);
    // Up to 15 digits a number says every decimal that it was given
    return exact.replace(/[-.]/g, '').replace(/^0+/, '').length <= 15 ? { value } : { value, exact };
  };

/** An average of nothing is none. */
export const readAverage =
  (places: number) =>
  ([total, values]: Sum): Reading =>
    values === 0 ? {} : { value: Number(decimalText(total, places)) / values };

const positive = (count: number): number | undefined => (count > 0 ? count : undefined);

/**
 * What adds is taken away exactly. What somebody had so long ago that it is not kept of them any more,
 * since the other was seen later, is what they had before.
 */
export function subtracting<C>(
  { now, loser, pure, isPruned }: CellParts<C>,
  join: (a: C, b: C) => C,
  subtract: (now: C, loser: C) => C | undefined,
): C | undefined {
  if (isPruned) return pure.length === 0 ? undefined : pure.reduce(join);
  return now === undefined || loser === undefined ? now : subtract(now, loser);
}
