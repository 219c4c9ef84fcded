import { compareJson } from '#shared/traits/json-order.ts';
import type { CellParts, Kind } from './computed-state.ts';
import { isScalar, type Scalar } from './scalar.ts';

/** A value with the time of its event. */
export type Timed = readonly [at: number, value: Scalar];

export const isTimed = (cell: unknown): cell is Timed =>
  Array.isArray(cell) && cell.length === 2 && typeof cell[0] === 'number' && isScalar(cell[1]);

/** By time; of two at one time, by their values, so that which comes first does not depend on anything else. */
export const compareTimed = (a: Timed, b: Timed): number => a[0] - b[0] || compareJson(a[1], b[1]);

/** Keeps one of two, by an order: the least for -1, the greatest for 1. */
function picking<C>(
  compare: (a: C, b: C) => number,
  sign: 1 | -1,
  rest: Pick<Kind<C>, 'is' | 'read' | 'onlyLast'>,
): Kind<C> {
  const join = (a: C, b: C): C => (compare(a, b) * sign >= 0 ? a : b);
  return { ...rest, join, separate: (parts) => withoutGone(parts, { join, elements: (cell) => [cell] }) };
}

const isNumber = (cell: unknown): cell is number => typeof cell === 'number';
const byNumber = (a: number, b: number): number => a - b;

/** The least or the greatest number; of times, the first. */
export const extreme = (sign: 1 | -1): Kind<number> =>
  picking(byNumber, sign, {
    is: isNumber,
    read: (cells) =>
      cells.length === 0 ? {} : { value: cells.reduce((a, b) => (byNumber(a, b) * sign >= 0 ? a : b)) },
  });

/** The first value or the last. */
export const register = (sign: 1 | -1): Kind<Timed> =>
  picking(compareTimed, sign, {
    is: isTimed,
    // Cells stand in the order of time
    read: (cells) => (cells.length === 0 ? {} : { value: cells.at(sign === 1 ? -1 : 0)?.[1] }),
    ...(sign === 1 && { onlyLast: true }),
  });

/**
 * What joins, without those who are gone: what is theirs gives way to what somebody had besides. What
 * it had pushed out since is not known any more.
 */
export function withoutGone<C>(
  { pure, mixed, gone }: Pick<CellParts<C>, 'pure' | 'mixed' | 'gone'>,
  { join, elements }: { readonly join: (a: C, b: C) => C; readonly elements: (cell: C) => readonly C[] },
): C | undefined {
  const taken = new Set(gone.flatMap(elements).map(stampOf));
  const rest = mixed.flatMap(elements).filter((element) => !taken.has(stampOf(element)));
  const left = [...pure, ...rest];
  return left.length === 0 ? undefined : left.reduce(join);
}

const stampOf = (element: unknown): string => JSON.stringify(element);
