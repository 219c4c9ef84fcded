import { setTimeout as pause } from 'node:timers/promises';
import { type KinesisClient, PutRecordsCommand, type PutRecordsCommandOutput } from '@aws-sdk/client-kinesis';
import { isThrottling } from '#functions/runtime/fault.ts';
import type { StreamRecord, TickRecord } from '#shared/events/stream-record.ts';
import { ThrottledError, UnavailableError } from '#shared/kernel/errors.ts';
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
   * What is refused is tried again for about a second. Of what is thrown then, some records may be durable:
   * they are told from their copies by message id when the request comes again.
   *
   * @throws {ThrottledError} when the stream takes less than it is sent.
   * @throws {UnavailableError} when it is not to be had for another reason, which is its cause.
   * @throws what AWS answers where waiting mends nothing: a grant that lacks, a stream that is not there.
   */
  put(records: readonly KeyedStreamRecord[]): Promise<void>;
}

/** The same stream to whoever puts more than events on it. */
export interface RecordsStream extends EventsStream {
  put(records: readonly KeyedRecord[]): Promise<void>;
}

/** Kinesis' own limit on one PutRecords. https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html */
const MAX_RECORDS = 500;
/**
 * Kinesis takes twenty times as much, a shard in a second twice as much: so many bytes, or records, get through
 * a shard that is full while they are tried again. Whoever sends all of a large body again would never be done.
 */
const MAX_REQUEST_BYTES = 500_000;
/** A record may have 1 MiB, its key included. */
const MAX_RECORD_BYTES = 900_000;
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
    let isThrottled = false;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      if (attempt > 1) await pause(25 * 2 ** attempt * (0.5 + Math.random() / 2));
      const { Records = [] } = await send(pending);
      pending = pending.filter((_, index) => Records[index]?.SequenceNumber === undefined);
      if (pending.length === 0) return;
      isThrottled = Records.some(({ ErrorCode = '' }) => isThrottling(ErrorCode));
    }
    const message = `the stream refused ${pending.length} of ${entries.length} records ${ATTEMPTS} times`;
    throw isThrottled ? new ThrottledError(message) : new UnavailableError(message);
  }

  /** The client has tried several times by itself before it throws. */
  async function send(entries: readonly Entry[]): Promise<PutRecordsCommandOutput> {
    try {
      return await client.send(new PutRecordsCommand({ StreamName: streamName, Records: [...entries] }));
    } catch (cause) {
      if (cause instanceof Error && isThrottling(cause.name)) {
        throw new ThrottledError('the stream refuses requests for now', { cause });
      }
      if (isOurFault(cause)) throw cause;
      throw new UnavailableError('the stream does not answer', { cause });
    }
  }

  return {
    async put(records) {
      for (const request of requestsOf(records.flatMap(entriesOf))) await putAll(request);
    },
  };
}

/** One entry, or several of the same key where its events are too many for one. */
function entriesOf({ partitionKey, record }: KeyedRecord): Entry[] {
  const Data = Buffer.from(JSON.stringify(record));
  if (Data.byteLength > MAX_RECORD_BYTES && 'events' in record && record.events.length > 1) {
    const { events, ...common } = record;
    const half = Math.ceil(events.length / 2);
    return [events.slice(0, half), events.slice(half)].flatMap((part) =>
      entriesOf({ partitionKey, record: { ...common, events: part } }),
    );
  }
  const PartitionKey = partitionKey.length <= MAX_KEY_LENGTH ? partitionKey : fingerprint(partitionKey);
  return [{ PartitionKey, Data }];
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

/** Whether AWS finds fault with the request rather than with itself. */
const isOurFault = (fault: unknown): boolean =>
  fault instanceof Error && '$fault' in fault && fault.$fault === 'client';
