import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { QuarantineEntry } from '#shared/events/quarantine-entry.ts';
import { quarantineKey } from './quarantine-key.ts';

/** What was not applied, with its reason, for a person to mend and redrive. */
export type Quarantined = Omit<QuarantineEntry, 'n' | 'source'>;

export interface Quarantine {
  /**
   * Keeps entries of one source under `id`; to repeat it with the same id and receipt replaces them.
   *
   * @throws when they are not durable, so that nothing is acknowledged that nobody keeps.
   */
  keep(batch: {
    readonly source: string;
    readonly id: string;
    readonly entries: readonly Quarantined[];
  }): Promise<void>;
}

/** Entries as they lie in one object: JSON lines. */
export const asLines = (entries: readonly QuarantineEntry[]): string =>
  entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');

/** One object of JSON lines a batch. */
export function s3Quarantine(client: S3Client, bucket: string): Quarantine {
  return {
    async keep({ source, id, entries }) {
      const [first] = entries;
      if (first === undefined) return;
      await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: quarantineKey({ source, id, receivedAt: first.receivedAt }),
          Body: asLines(entries.map((entry, n) => ({ n, source, ...entry }))),
          ContentType: 'application/x-ndjson',
        }),
      );
    },
  };
}

/** With a client of its own. */
export const quarantineIn = (bucket: string): Quarantine => s3Quarantine(new S3Client(), bucket);
