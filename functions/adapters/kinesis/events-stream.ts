import { setTimeout as pause } from 'node:timers/promises';
import { type KinesisClient, PutRecordsCommand } from '@aws-sdk/client-kinesis';
import type { StreamRecord, TickRecord } from '#shared/events/stream-record.ts';
import { UnavailableError } from '#shared/kernel/errors.ts';
import { fingerprint } from '#shared/kernel/fingerprint.ts';

/** A record with the key whose records stay in order. */
export interface KeyedRecord {
  readonly partitionKey: string;
  readonly record: StreamRecord | TickRecord;
}

/** One of events, whose key keeps its person's in order. */
export interface KeyedStreamRecord extends KeyedRecord {
  readonly record: StreamRecord;
}

export interface EventsStream {
  /**
   * Answers when every record is durable in the stream.
   *
   * @throws {UnavailableError} when some are not; those that are will be told from their copies by
   * message id when the request comes again.
   */
  put(records: readonly KeyedStreamRecord[]): Promise<void>;
}

/** The same stream to whoever puts more than events on it. */
export interface RecordsStream extends EventsStream {
  put(records: readonly KeyedRecord[]): Promise<void>;
}

/** Kinesis' own limits on one PutRecords. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html */
const MAX_RECORDS = 500;
const MAX_REQUEST_BYTES = 8_000_000;
const ATTEMPTS = 5;
const MAX_KEY_LENGTH = 256;

interface Entry {
  readonly PartitionKey: string;
  readonly Data: Uint8Array;
}

/** The stream `events`. */
export function kinesisEventsStream(client: KinesisClient, streamName: string): RecordsStream {
  async function putAll(entries: readonly Entry[]): Promise<void> {
    let pending = entries;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      if (attempt > 1) await pause(25 * 2 ** attempt * (0.5 + Math.random() / 2));
      const { Records = [] } = await client.send(
        new PutRecordsCommand({ StreamName: streamName, Records: [...pending] }),
      );
      pending = pending.filter((_, index) => Records[index]?.SequenceNumber === undefined);
      if (pending.length === 0) return;
    }
    throw new UnavailableError(
      `the stream refused ${pending.length} of ${entries.length} records ${ATTEMPTS} times`,
    );
  }

  return {
    async put(records) {
      for (const request of requestsOf(records.map(entryOf))) await putAll(request);
    },
  };
}

function entryOf({ partitionKey, record }: KeyedRecord): Entry {
  const key = partitionKey.length <= MAX_KEY_LENGTH ? partitionKey : fingerprint(partitionKey);
  return { PartitionKey: key, Data: Buffer.from(JSON.stringify(record)) };
}

function requestsOf(entries: readonly Entry[]): Entry[][] {
  const requests: Entry[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const entry of entries) {
    const last = requests.at(-1);
    const size = entry.Data.byteLength + entry.PartitionKey.length;
    if (last === undefined || last.length === MAX_RECORDS || bytes + size > MAX_REQUEST_BYTES) {
      requests.push([entry]);
      bytes = size;
    } else {
      last.push(entry);
      bytes += size;
    }
  }
  return requests;
}
