import type { Quarantine } from '#functions/adapters/s3/quarantine.ts';
import type { KinesisKey } from '#functions/runtime/kinesis-batch.ts';
import { StreamRecord } from '#shared/events/stream-record.ts';
import type { KeyedRecords } from './apply-records.ts';

interface ReadPorts {
  readonly quarantine: Quarantine;
  /** The age from which the mapping would soon give a record up. */
  readonly giveUpAfterMs: number;
  readonly now: () => number;
}

/**
 * Reads the records of one key. One that is not of our form, which nobody of ours wrote, is kept in
 * quarantine and left out: it would fail again however often it came.
 */
export async function readRecords(
  { stream, partitionKey, records }: KinesisKey,
  { quarantine, giveUpAfterMs, now }: ReadPorts,
): Promise<KeyedRecords> {
  const read: KeyedRecords['records'][number][] = [];
  for (const { sequenceNumber, data, arrivedAt } of records) {
    const record = StreamRecord.safeParse(parseJson(data));
    if (record.success) {
      read.push({ sequenceNumber, record: record.data, isOverdue: now() - arrivedAt > giveUpAfterMs });
    } else {
      await quarantine.keep({
        source: 'stream',
        id: sequenceNumber,
        entries: [
          { reason: 'bad_record', receivedAt: Math.floor(arrivedAt), event: data.toString('base64') },
        ],
      });
    }
  }
  return { stream, partitionKey, records: read };
}

function parseJson(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString('utf8'));
  } catch {
    return undefined;
  }
}
