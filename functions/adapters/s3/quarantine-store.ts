import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { EpochMs } from '#shared/events/event.ts';
import { jsonIn } from '#shared/events/json.ts';
import { QuarantineEntry } from '#shared/events/quarantine-entry.ts';
import { asLines } from './quarantine.ts';
import { quarantinePrefix, readQuarantineKey } from './quarantine-key.ts';

const DAY_MS = 86_400_000;

/** Looks through quarantine, and takes out of it. Its promises are tested in `test/contract/quarantine-store.ts`. */
export interface QuarantineStore {
  /**
   * Keys of objects of one source or of all, by when the first of their entries was received: the newest
   * day first, in a day by source, of a source the newest first. A page may hold fewer than its limit, even
   * none, although there is a next one.
   */
  list(query: {
    readonly from: EpochMs;
    /** The last millisecond. */
    readonly to: EpochMs;
    readonly source?: string | undefined;
    /** A key, after which the page begins. */
    readonly after?: string | undefined;
    readonly limit: number;
  }): Promise<{ readonly keys: readonly string[]; readonly next?: string | undefined }>;

  /** Its entries; none where nothing is kept. A line that is none, mended by hand and badly, is one with `bad_entry`. */
  read(key: string): Promise<readonly QuarantineEntry[]>;

  /** Keeps these entries in place of those there were; with none the object goes. */
  replace(key: string, entries: readonly QuarantineEntry[]): Promise<void>;
}

/** Requests of one page, each of a thousand keys at most: more than the days for which anything is kept. */
const MAX_REQUESTS = 150;

/** What {@link s3Quarantine} has kept. */
export function s3QuarantineStore(client: S3Client, bucket: string): QuarantineStore {
  const listed = async (Prefix: string, StartAfter: string | undefined) => {
    const { Contents = [], IsTruncated = false } = await client.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix, StartAfter }),
    );
    return { keys: Contents.flatMap(({ Key }) => (Key === undefined ? [] : [Key])), IsTruncated };
  };

  return {
    async list({ from, to, source, after, limit }) {
      const found: string[] = [];
      let requests = 0;
      for (const day of daysBack(from, to)) {
        const prefix = quarantinePrefix(day, source);
        let start = startIn(quarantinePrefix(day), after);
        while (start !== 'past') {
          const { keys, IsTruncated } = await listed(prefix, start);
          requests += 1;
          found.push(...keys.filter((key) => isBetween(key, from, to)));
          if (found.length > limit) return { keys: found.slice(0, limit), next: found[limit - 1] };
          start = IsTruncated ? (keys.at(-1) ?? 'past') : 'past';
          if (requests >= MAX_REQUESTS && start !== 'past') return { keys: found, next: start };
        }
      }
      return { keys: found, next: undefined };
    },

    async read(key) {
      const place = readQuarantineKey(key);
      const text = await readText(client, bucket, key);
      if (place === undefined || text === undefined) return [];
      const lines = text.split('\n').filter((line) => line !== '');
      return lines.map((line, n) => {
        const entry = QuarantineEntry.safeParse(jsonIn(line));
        return entry.success ? entry.data : { n, ...place, reason: 'bad_entry', event: line };
      });
    },

    async replace(key, entries) {
      const place = { Bucket: bucket, Key: key };
      await (entries.length === 0
        ? client.send(new DeleteObjectCommand(place))
        : client.send(
            new PutObjectCommand({ ...place, Body: asLines(entries), ContentType: 'application/x-ndjson' }),
          ));
    },
  };
}

/** The days of a range, the newest first, by a time in each. */
function* daysBack(from: EpochMs, to: EpochMs): Generator<EpochMs> {
  for (let at = to; at >= from - (from % DAY_MS); at -= DAY_MS) yield at;
}

/** Where to begin in a day: `past` where the page begins in an older one. */
function startIn(day: string, after: string | undefined): string | undefined {
  if (after === undefined || after.startsWith(day)) return after;
  return after < day ? 'past' : undefined;
}

function isBetween(key: string, from: EpochMs, to: EpochMs): boolean {
  const place = readQuarantineKey(key);
  return place !== undefined && place.receivedAt >= from && place.receivedAt <= to;
}

/** An object as text; nothing where there is none. */
export async function readText(client: S3Client, bucket: string, key: string): Promise<string | undefined> {
  try {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return await Body?.transformToString();
  } catch (fault) {
    if (fault instanceof Error && fault.name === 'NoSuchKey') return undefined;
    throw fault;
  }
}
