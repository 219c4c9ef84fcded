import { DatabaseSync } from 'node:sqlite';

/**
 * What dynoxide leaves undone, done on its database file beside it: stream records that are found by index
 * and forgotten after a day, and items that expire. It leans on the private schema of one version, which
 * is why that version is pinned.
 */
export interface Upkeep {
  /** Lets expired items be found without reading the whole table. */
  indexExpiry(table: string, attribute: string): void;
  /** Items, each as DynamoDB JSON, whose time has come: not those that expired more than five years ago. */
  expired(table: string, attribute: string, nowSeconds: number, limit: number): Record<string, unknown>[];
  /** Marks the coming removal of this key as the service's own doing, as stream consumers see it on AWS. */
  announceExpiry(table: string, key: unknown): void;
  /** Forgets stream records older than a day, never the newest: from it the numbering goes on. */
  trimStreams(nowSeconds: number): void;
  close(): void;
}

/** Without these, each write to a table with a stream reads all of the stream's records. */
const STREAM_INDEXES = `
  CREATE INDEX IF NOT EXISTS local_stream_1
    ON _stream_records (table_name, CAST(sequence_number AS INTEGER));
  CREATE INDEX IF NOT EXISTS local_stream_2
    ON _stream_records (table_name, shard_id, CAST(sequence_number AS INTEGER));`;

/** Keys are compared with their attributes in order, which dynoxide writes in none. */
const IN_ORDER = (json: string) =>
  `(SELECT group_concat(key || value) FROM (SELECT key, value FROM json_each(${json}) ORDER BY key))`;

const EXPIRY_MARKS = `
  CREATE TABLE IF NOT EXISTS local_expiring (table_name TEXT, keys TEXT, PRIMARY KEY (table_name, keys));
  DELETE FROM local_expiring;
  CREATE TRIGGER IF NOT EXISTS local_expiry AFTER INSERT ON _stream_records WHEN NEW.event_name = 'REMOVE' AND
    EXISTS (SELECT 1 FROM local_expiring WHERE table_name = NEW.table_name AND keys = ${IN_ORDER('NEW.keys_json')})
  BEGIN
    UPDATE _stream_records SET user_identity = '{"type":"Service","principalId":"dynamodb.amazonaws.com"}'
      WHERE id = NEW.id;
    DELETE FROM local_expiring WHERE table_name = NEW.table_name AND keys = ${IN_ORDER('NEW.keys_json')};
  END;`;

const DAY_SECONDS = 24 * 60 * 60;
const FIVE_YEARS_SECONDS = 5 * 365 * DAY_SECONDS;

export function openUpkeep(databasePath: string): Upkeep {
  const database = new DatabaseSync(databasePath);
  database.exec('PRAGMA busy_timeout = 5000;');
  database.exec(STREAM_INDEXES);
  database.exec(EXPIRY_MARKS);
  const expiryOf = (attribute: string) => `CAST(json_extract(item_json, '$."${attribute}".N') AS INTEGER)`;

  return {
    indexExpiry(table, attribute) {
      const expiry = expiryOf(attribute);
      database.exec(
        `CREATE INDEX IF NOT EXISTS "local_expiry_${table}" ON "${table}" (${expiry}) WHERE ${expiry} IS NOT NULL`,
      );
    },
    expired(table, attribute, nowSeconds, limit) {
      const expiry = expiryOf(attribute);
      return database
        .prepare(`SELECT item_json FROM "${table}" WHERE ${expiry} > ? AND ${expiry} <= ? LIMIT ?`)
        .all(nowSeconds - FIVE_YEARS_SECONDS, nowSeconds, limit)
        .map((row) => JSON.parse(String(row.item_json)));
    },
    announceExpiry(table, key) {
      database
        .prepare(`INSERT OR IGNORE INTO local_expiring SELECT ?, ${IN_ORDER('?')}`)
        .run(table, JSON.stringify(key));
    },
    trimStreams(nowSeconds) {
      database
        .prepare(
          `DELETE FROM _stream_records WHERE created_at < ?
             AND id NOT IN (SELECT MAX(id) FROM _stream_records GROUP BY table_name)`,
        )
        .run(nowSeconds - DAY_SECONDS);
    },
    close: () => database.close(),
  };
}
