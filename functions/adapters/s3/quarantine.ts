import { S3Client } from '@aws-sdk/client-s3';
import { PATIENCE } from '#functions/runtime/patience.ts';
import type { QuarantineEntry } from '#shared/events/quarantine-entry.ts';
import { putIfAbsent } from './put-if-absent.ts';
import { quarantineKey } from './quarantine-key.ts';

/** What was not applied, with its reason, for a person to mend and redrive. */
export type Quarantined = Omit<QuarantineEntry, 'n' | 'source'>;

/** Entries of one source that came in together. */
export interface QuarantinedBatch {
  readonly source: string;
  readonly id: string;
  readonly entries: readonly Quarantined[];
}

export interface Quarantine {
  /**
   * Keeps entries of one source under `id`. To repeat it with the same id and receipt keeps nothing more.
   *
   * @returns whether any of them was not kept before.
   * @throws when they are not durable, so that nothing is acknowledged that nobody keeps.
   */
  keep(batch: QuarantinedBatch): Promise<boolean>;
}

/** Entries as they lie in one object: JSON lines. */
export const asLines = (entries: readonly QuarantineEntry[]): string =>
  entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');

/** Objects are read whole, to look through them and to take out of them. */
export const MAX_ENTRIES = 2_500;

/** The objects that a batch lies in: one under its id, and of a longer one further ones, `<id>-2` and so on. */
export function objectsOf({ source, id, entries }: QuarantinedBatch) {
  const objects: { readonly key: string; readonly entries: readonly QuarantineEntry[] }[] = [];
  const receivedAt = entries[0]?.receivedAt ?? 0;
  for (let from = 0; from < entries.length; from += MAX_ENTRIES) {
    const part = from === 0 ? '' : `-${from / MAX_ENTRIES + 1}`;
    objects.push({
      key: quarantineKey({ source, id: `${id}${part}`, receivedAt }),
      entries: entries.slice(from, from + MAX_ENTRIES).map((entry, n) => ({ n, source, ...entry })),
    });
  }
  return objects;
}

/** Quarantine in a bucket. */
export function s3Quarantine(client: S3Client, bucket: string): Quarantine {
  return {
    async keep(batch) {
      let isNew = false;
      for (const { key, entries } of objectsOf(batch)) {
        const object = {
          Bucket: bucket,
          Key: key,
          Body: asLines(entries),
          ContentType: 'application/x-ndjson',
        };
        if (await putIfAbsent(client, object)) isNew = true;
      }
      return isNew;
    },
  };
}

/** With a client of its own, for a function that somebody waits for. */
export const quarantineIn = (bucket: string): Quarantine =>
  s3Quarantine(new S3Client({ requestHandler: PATIENCE }), bucket);
