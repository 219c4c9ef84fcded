/**
 * A record's own entry: names that senders choose (`toString`, `constructor`) never reach what every
 * object inherits.
 */
export function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** Makes the function that reads a record's {@link own} entry: for loops over many records. */
export function ownReader<T>(key: string): (record: Readonly<Record<string, T>>) => T | undefined {
  if (key in Object.prototype) return (record) => own(record, key);
  return (record) => record[key];
}
