import type { Quarantine } from '#functions/adapters/s3/quarantine.ts';
import type { KinesisKey } from '#functions/runtime/kinesis-batch.ts';
import { jsonIn } from '#shared/events/json.ts';
import { StreamRecord, TickRecord } from '#shared/events/stream-record.ts';
import type { KeyedRecords } from './apply-records.ts';
import type { Tick } from './meet-deadlines.ts';

interface ReadPorts {
  readonly quarantine: Quarantine;
  /** The age from which the mapping would soon give a record up. */
  readonly giveUpAfterMs: number;
  readonly now: () => number;
}

/** What the records of one key say: events, and whom it is time to look at. */
export interface ReadRecords {
  readonly events: KeyedRecords;
  readonly ticks: readonly Tick[];
}

/**
 * Reads the records of one key. One that is not of our form, which nobody of ours wrote, is kept in
 * quarantine and left out: it would fail again however often it came.
 */
export async function readRecords(
  { stream, partitionKey, records }: KinesisKey,
  { quarantine, giveUpAfterMs, now }: ReadPorts,
): Promise<ReadRecords> {
  const read: KeyedRecords['records'][number][] = [];
  const ticks: Tick[] = [];
  for (const { sequenceNumber, data, arrivedAt } of records) {
    const isOverdue = now() - arrivedAt > giveUpAfterMs;
    const said = jsonIn(data.toString('utf8'));
    const record = StreamRecord.safeParse(said);
    const tick = record.success ? undefined : TickRecord.safeParse(said).data?.tick;
    if (record.success) {
      read.push({ sequenceNumber, record: record.data, isOverdue });
    } else if (tick !== undefined) {
      ticks.push({ pids: tick.pids, isOverdue });
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
  return { events: { stream, partitionKey, records: read }, ticks };
}
