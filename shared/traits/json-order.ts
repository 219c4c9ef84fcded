import { isJson } from '#shared/events/json.ts';
import { compareTexts } from '#shared/kernel/compare-texts.ts';

/**
 * One total order of all JSON values: no value, booleans, numbers, texts, lists, objects; within each
 * kind the natural one. Texts go by UTF-16 unit, lists by their first entries that differ, objects by
 * their names and values in the order of the names, so that key order does not matter.
 *
 * @returns 0 only for values that are equal as JSON.
 */
export function compareJson(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b);
  if (Array.isArray(a) && Array.isArray(b)) return compareLists(a, b);
  if (isJson(a) && isJson(b)) return compareLists(sortedEntries(a).flat(), sortedEntries(b).flat());
  return kindOf(a) - kindOf(b);
}

/** Of the kinds that have one value alone, that value. */
function kindOf(value: unknown): number {
  if (value === null || value === undefined) return 0;
  if (typeof value === 'boolean') return value ? 2 : 1;
  if (typeof value === 'number') return 3;
  if (typeof value === 'string') return 4;
  return Array.isArray(value) ? 5 : 6;
}

function compareLists(a: readonly unknown[], b: readonly unknown[]): number {
  for (const [index, entry] of a.entries()) {
    // What b no longer has is no value, the least of all
    const order = compareJson(entry, b[index]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

const sortedEntries = (value: Readonly<Record<string, unknown>>): [string, unknown][] =>
  Object.entries(value).sort(([x], [y]) => compareTexts(x, y));

/** JSON with keys in one order, so that equal values are equal texts. */
export function stableJson(value: unknown): string {
  return JSON.stringify(value, (_, entry: unknown) =>
    isJson(entry) ? Object.fromEntries(sortedEntries(entry)) : entry,
  );
}
