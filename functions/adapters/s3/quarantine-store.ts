import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { QuarantineEntry } from '#shared/events/quarantine-entry.ts';
import { asLines } from './quarantine.ts';

/** Looks through quarantine, and takes out of it. Its promises are tested in `test/contract/quarantine-store.ts`. */
export interface QuarantineStore {
  /** Keys of objects of one day of receipt, of one source or of all, in one order. */
  list(query: {
    readonly day: string;
    readonly source?: string | undefined;
    /** A key, after which the page begins. */
    readonly after?: string | undefined;
    readonly limit: number;
  }): Promise<{ readonly keys: readonly string[]; readonly next?: string | undefined }>;

  /** Its entries; none where nothing is kept. */
  read(key: string): Promise<readonly QuarantineEntry[]>;

  /** Keeps these entries in place of those there were; with none the object goes. */
  replace(key: string, entries: readonly QuarantineEntry[]): Promise<void>;
}

/** What {@link s3Quarantine} has kept. */
export function s3QuarantineStore(client: S3Client, bucket: string): QuarantineStore {
  return {
    async list({ day, source, after, limit }) {
      const { Contents = [], IsTruncated = false } = await client.send(
        new ListObjectsV2Command({
          Bucket: bucket,
          Prefix: `quarantine/dt=${day}/${source === undefined ? '' : `${source}/`}`,
          StartAfter: after,
          MaxKeys: limit,
        }),
      );
      const keys = Contents.flatMap(({ Key }) => (Key === undefined ? [] : [Key]));
      return { keys, next: IsTruncated ? keys.at(-1) : undefined };
    },

    async read(key) {
      const text = await readText(client, bucket, key);
      if (text === undefined) return [];
      const lines = text.split('\n').filter((line) => line !== '');
      return lines.map((line) => QuarantineEntry.parse(JSON.parse(line)));
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
