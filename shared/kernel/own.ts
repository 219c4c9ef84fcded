/**
 * A record's own entry: names that senders choose (`toString`, `constructor`) never reach what every
 * object inherits.
 */
export function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
