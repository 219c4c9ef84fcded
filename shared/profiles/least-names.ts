/** The entries of the least names ever set: which stay does not depend on the order they came in. */
export function leastNames<T>(
  record: Readonly<Record<string, T>>,
  limit: number,
): Readonly<Record<string, T>> {
  const names = Object.keys(record);
  if (names.length <= limit) return record;
  const kept = new Set(names.sort().slice(0, limit));
  return Object.fromEntries(Object.entries(record).filter(([name]) => kept.has(name)));
}

/** Whether a name that the record does not have would be among the least that stay. */
export function hasRoom(record: Readonly<Record<string, unknown>>, name: string, limit: number): boolean {
  const names = Object.keys(record);
  return names.length < limit || names.some((other) => name < other);
}
