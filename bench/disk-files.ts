import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { LargeFiles } from '#functions/adapters/s3/large-files.ts';
import type { RunFiles } from '#functions/runs/run-files.ts';

const CHUNK = 65_536;

/** The files of imports in a folder in place of a bucket, for one run at a time. */
export function diskFiles(folder: string): LargeFiles & RunFiles {
  const place = async (key: string): Promise<string> => {
    const path = join(folder, key);
    await mkdir(dirname(path), { recursive: true });
    return path;
  };
  const readJson: RunFiles['readJson'] = async (key, schema) =>
    schema.parse(JSON.parse(await readFile(await place(key), 'utf8')));

  return {
    readJson,
    async keepJson(key, _, value) {
      await writeFile(await place(key), JSON.stringify(value));
      return value;
    },
    async keepFile({ key, body, facts }) {
      await writeFile(await place(key), body);
      return facts;
    },
    async find(key) {
      const { size, mtimeMs } = await stat(await place(key));
      return { key, etag: 'etag', bytes: size, uploadedAt: Math.floor(mtimeMs) };
    },
    async *read({ key }, range) {
      const bounds = range === undefined ? {} : { start: range.start, end: range.end - 1 };
      yield* createReadStream(await place(key), { highWaterMark: CHUNK, ...bounds });
    },
    async write(key, chunks) {
      const path = await place(key);
      await pipeline(chunks, createWriteStream(path));
      return { key, etag: 'etag', bytes: (await stat(path)).size };
    },
  };
}
