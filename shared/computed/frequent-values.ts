import { compareJson } from '#shared/traits/json-order.ts';
import type { CellParts, Kind } from './computed-state.ts';
import { isScalar, type Scalar } from './scalar.ts';
import { subtracting } from './tallies.ts';

/** How often there was something other than the values that are counted one by one, and how often each of those, in their order. */
export type Frequencies = readonly [
  other: number,
  values: readonly (readonly [value: Scalar, count: number])[],
];

/**
 * Counts of values, one by one for the least of all that ever came, in the order of JSON: which they are
 * does not depend on the order they came in.
 */
export function frequentValues(limit: number): Kind<Frequencies> {
  const join = (a: Frequencies, b: Frequencies): Frequencies => bound(add(a, b), limit);
  return {
    is: isFrequencies,
    join,
    separate: (parts) =>
      subtracting(parts, join, (now, loser) => subtract({ now, loser, pure: parts.pure }, limit)),
    read(cells) {
      const [other, values] = cells.reduce(add, [0, []]);
      const [first, ...rest] = values;
      if (first === undefined) return {};
      const [value] = rest.reduce((most, one) => (one[1] > most[1] ? one : most), first);
      return other > 0 ? { value, overflow: true } : { value };
    },
  };
}

const isFrequencies = (cell: unknown): cell is Frequencies =>
  Array.isArray(cell) &&
  typeof cell[0] === 'number' &&
  Array.isArray(cell[1]) &&
  cell[1].every(
    (entry: unknown) => Array.isArray(entry) && isScalar(entry[0]) && typeof entry[1] === 'number',
  );

function add(a: Frequencies, b: Frequencies): Frequencies {
  const counts = new Map(a[1]);
  for (const [value, count] of b[1]) counts.set(value, (counts.get(value) ?? 0) + count);
  return [a[0] + b[0], sorted(counts)];
}

const sorted = (counts: ReadonlyMap<Scalar, number>): Frequencies[1] =>
  [...counts].sort(([a], [b]) => compareJson(a, b));

function bound([other, values]: Frequencies, limit: number): Frequencies {
  if (values.length <= limit) return [other, values];
  return [other + totalOf(values.slice(limit)), values.slice(0, limit)];
}

const totalOf = (values: Frequencies[1]): number => values.reduce((sum, [, count]) => sum + count, 0);

/** Exact, since counts only add; values that gave way to the other's come back out of the rest. */
function subtract(
  {
    now,
    loser,
    pure,
  }: { readonly now: Frequencies; readonly loser: Frequencies } & Pick<CellParts<Frequencies>, 'pure'>,
  limit: number,
): Frequencies | undefined {
  const [mine, theirs] = [new Map(now[1]), new Map(loser[1])];
  const before = new Map(pure.reduce(add, [0, []])[1]);
  const unseen = ([value]: readonly [Scalar, number]): boolean => !mine.has(value);
  const back = [...before].filter(unseen);
  const other = now[0] - loser[0] - totalOf([...theirs].filter(unseen)) - totalOf(back);
  const left = [...mine].flatMap(([value, count]) => {
    const rest = count - (theirs.get(value) ?? 0);
    return rest > 0 ? [[value, rest] as const] : [];
  });
  const values = sorted(new Map([...left, ...back]));
  return other + totalOf(values) > 0 ? bound([other, values], limit) : undefined;
}
