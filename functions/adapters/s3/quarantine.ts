import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';

/** What was not applied, with its reason, for a person to mend and send again. */
export interface Quarantined {
  readonly reason: string;
  readonly receivedAt: number;
  readonly event: unknown;
}

export interface Quarantine {
  /**
   * Keeps entries of one source under `id`; to repeat it with the same id replaces them.
   *
   * @throws when they are not durable, so that nothing is acknowledged that nobody keeps.
   */
  keep(batch: {
    readonly source: string;
    readonly id: string;
    readonly entries: readonly Quarantined[];
  }): Promise<void>;
}

/** One object of JSON lines a batch: `quarantine/dt=2026-11-22/<source>/<id>.jsonl`. */
export function s3Quarantine(client: S3Client, bucket: string): Quarantine {
  return {
    async keep({ source, id, entries }) {
      const [first] = entries;
      if (first === undefined) return;
      const day = new Date(first.receivedAt).toISOString().slice(0, 10);
      await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: `quarantine/dt=${day}/${source}/${id}.jsonl`,
          Body: entries.map((entry) => `${JSON.stringify({ source, ...entry })}\n`).join(''),
          ContentType: 'application/x-ndjson',
        }),
      );
    },
  };
}
