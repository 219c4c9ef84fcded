import type { Kind, Reading } from './computed-state.ts';
import { compareTimed, isTimed, type Timed, withoutGone } from './registers.ts';
import type { Scalar } from './scalar.ts';

type Values = readonly Timed[];

/**
 * The distinct values that came last, each with its last time, latest first: one more than the limit, so
 * that it is seen that there are more, and seen no longer when that one has left the window.
 */
export function latestValues(limit: number, read: (values: readonly Scalar[]) => unknown): Kind<Values> {
  const join = (a: Values, b: Values): Values => keepLatest([...a, ...b], limit + 1);
  return {
    is: (cell) => Array.isArray(cell) && cell.every(isTimed),
    join,
    separate: (parts) => withoutGone(parts, { join, elements: (cell) => cell.map((entry) => [entry]) }),
    read([values = []]): Reading {
      const value = read(values.slice(0, limit).map(([, entry]) => entry));
      return values.length > limit ? { value, overflow: true } : { value };
    },
    times: {
      of: (values) => values.map(([at]) => at),
      trim(values, isLive) {
        const left = values.filter(([at]) => isLive(at));
        if (left.length === values.length) return values;
        return left.length === 0 ? undefined : left;
      },
    },
  };
}

function keepLatest(entries: readonly Timed[], most: number): Values {
  const last = new Map<Scalar, Timed>();
  for (const entry of entries) {
    const known = last.get(entry[1]);
    if (known === undefined || known[0] < entry[0]) last.set(entry[1], entry);
  }
  return [...last.values()].sort((a, b) => compareTimed(b, a)).slice(0, most);
}
