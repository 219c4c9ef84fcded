import { openDatabase } from '#local/services/database.ts';

/** The place of a shard that was read to its end, after which its children may start. */
export const SHARD_END = 'SHARD_END';

/** How far each mapping has come in each shard: the last record that needs no other delivery. */
export interface Checkpoints {
  load(mappingId: string): ReadonlyMap<string, string>;
  save(mappingId: string, shardId: string, place: string): void;
  close(): void;
}

/** Checkpoints survive a kill of the process; what was delivered after the last one is delivered again. */
export function openCheckpoints({ dir }: { dir: string }): Checkpoints {
  const db = openDatabase(
    dir,
    'checkpoints',
    'CREATE TABLE IF NOT EXISTS checkpoints (mapping TEXT, shard TEXT, place TEXT, PRIMARY KEY (mapping, shard))',
  );
  const select = db.prepare('SELECT shard, place FROM checkpoints WHERE mapping = ?');
  const upsert = db.prepare('INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?)');
  return {
    load: (mappingId) =>
      new Map(select.all(mappingId).map(({ shard, place }) => [String(shard), String(place)])),
    save: (mappingId, shardId, place) => void upsert.run(mappingId, shardId, place),
    close: () => db.close(),
  };
}
