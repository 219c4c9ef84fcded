import { createHash, randomUUID } from 'node:crypto';
import type { SQLOutputValue } from 'node:sqlite';
import * as z from 'zod';
import { inTransaction, openDatabase } from './database.ts';

const TABLES = `
  CREATE TABLE IF NOT EXISTS bucket (name TEXT PRIMARY KEY, created INTEGER);
  CREATE TABLE IF NOT EXISTS object (
    bucket TEXT, key TEXT, etag TEXT, size INTEGER, modified INTEGER, headers TEXT, body BLOB,
    PRIMARY KEY (bucket, key));
  CREATE TABLE IF NOT EXISTS upload (id TEXT PRIMARY KEY, bucket TEXT, key TEXT, headers TEXT);
  CREATE TABLE IF NOT EXISTS part (
    upload TEXT, number INTEGER, etag TEXT, body BLOB, PRIMARY KEY (upload, number));`;

/** What is told of an object beside its body: content type and encoding, metadata, checksum. */
const Headers = z.string().transform((json) => z.record(z.string(), z.string()).parse(JSON.parse(json)));
const ObjectHead = z.object({
  key: z.string(),
  etag: z.string(),
  size: z.number(),
  modified: z.number().transform((ms) => new Date(ms)),
  headers: Headers,
});
const Upload = z.object({ bucket: z.string(), key: z.string(), headers: Headers });
const Part = z.object({ number: z.number(), etag: z.string(), size: z.number() });

export type ObjectHead = z.infer<typeof ObjectHead>;
export type UploadedPart = z.infer<typeof Part>;
export interface Written {
  readonly bucket: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Buckets, objects and uploads under way, in one file: what was answered survives a kill, whole or not at all.
 *
 * Every call is synchronous, so that a caller may look first and write then with nobody in between.
 */
export function openS3Store(dir: string) {
  const database = openDatabase(dir, 's3', TABLES);
  const prepare = (sql: string) => database.prepare(sql);
  const insertBucket = prepare('INSERT OR IGNORE INTO bucket VALUES (?, ?)');
  const buckets = prepare('SELECT name, created FROM bucket ORDER BY name');
  const put = prepare('INSERT OR REPLACE INTO object VALUES (?, ?, ?, ?, ?, ?, ?)');
  const head = prepare('SELECT key, etag, size, modified, headers FROM object WHERE bucket = ? AND key = ?');
  const body = prepare('SELECT body FROM object WHERE bucket = ? AND key = ?');
  const remove = prepare('DELETE FROM object WHERE bucket = ? AND key = ?');
  const after = prepare(
    `SELECT key, etag, size, modified, headers FROM object
      WHERE bucket = ?1 AND key > ?2 AND key >= ?3 ORDER BY key`,
  );
  const insertUpload = prepare('INSERT INTO upload VALUES (?, ?, ?, ?)');
  const selectUpload = prepare('SELECT bucket, key, headers FROM upload WHERE id = ?');
  const putPart = prepare('INSERT OR REPLACE INTO part VALUES (?, ?, ?, ?)');
  const selectParts = prepare(
    'SELECT number, etag, length(body) AS size FROM part WHERE upload = ? ORDER BY number',
  );
  const partBody = prepare('SELECT body FROM part WHERE upload = ? AND number = ?');
  const removeParts = prepare('DELETE FROM part WHERE upload = ?');
  const removeUpload = prepare('DELETE FROM upload WHERE id = ?');

  function endUpload(id: string): void {
    removeParts.run(id);
    removeUpload.run(id);
  }

  function putObject({ bucket, key, headers }: Written, content: Buffer, etag = etagOf(content)): string {
    put.run(bucket, key, etag, content.length, Date.now(), JSON.stringify(headers), content);
    return etag;
  }

  return {
    createBucket: (name: string): unknown => insertBucket.run(name, Date.now()),
    buckets: () =>
      buckets.all().map((row) => ({ name: String(row.name), created: new Date(Number(row.created)) })),
    putObject,
    headObject(bucket: string, key: string): ObjectHead | undefined {
      const row = head.get(bucket, key);
      return row && ObjectHead.parse(row);
    },
    readObject: (bucket: string, key: string): Buffer => bytes(body.get(bucket, key)),
    deleteObject: (bucket: string, key: string): unknown => remove.run(bucket, key),
    /** The objects under a prefix whose keys come after one, in the order of their bytes. */
    *objects(bucket: string, o: { prefix: string; after: string }): Generator<ObjectHead> {
      for (const row of after.iterate(bucket, o.after, o.prefix)) {
        const object = ObjectHead.parse(row);
        if (!object.key.startsWith(o.prefix)) return;
        yield object;
      }
    },
    createUpload({ bucket, key, headers }: Written): string {
      const id = randomUUID();
      insertUpload.run(id, bucket, key, JSON.stringify(headers));
      return id;
    },
    findUpload(id: string) {
      const row = selectUpload.get(id);
      return row && Upload.parse(row);
    },
    putPart(id: string, number: number, content: Buffer): string {
      const etag = etagOf(content);
      putPart.run(id, number, etag, content);
      return etag;
    },
    partsOf: (id: string) => selectParts.all(id).map((row) => Part.parse(row)),
    endUpload,
    /** Makes the parts one object; its ETag is the hash of theirs, as S3 has it. */
    completeUpload(id: string, object: Written, numbers: readonly number[]): string {
      const parts = numbers.map((number) => bytes(partBody.get(id, number)));
      const hashes = parts.map((part) => createHash('md5').update(part).digest());
      const etag = `"${createHash('md5').update(Buffer.concat(hashes)).digest('hex')}-${parts.length}"`;
      return inTransaction(database, () => {
        endUpload(id);
        return putObject(object, Buffer.concat(parts), etag);
      });
    },
    close: () => database.close(),
  };
}

export type S3Store = ReturnType<typeof openS3Store>;

const etagOf = (body: Buffer): string => `"${createHash('md5').update(body).digest('hex')}"`;

function bytes(row: Record<string, SQLOutputValue> | undefined): Buffer {
  const value = row?.body;
  if (!(value instanceof Uint8Array)) throw new Error('an object without its body');
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}
