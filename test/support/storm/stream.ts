import type { KinesisStreamRecord } from 'aws-lambda';
import { streamRecords } from '#functions/adapters/kinesis/stream-records.ts';
import type { CollectedEvent, Pid } from '#shared/events/event.ts';
import type { SourceStamp, StreamRecord } from '#shared/events/stream-record.ts';
import { fingerprint } from '#shared/kernel/fingerprint.ts';
import { kinesisRecord } from '#test/support/kinesis-record.ts';

/** What one request to the Collect API said. */
export interface Request {
  readonly source: SourceStamp;
  readonly receivedAt: number;
  /** Set for what comes out of quarantine. */
  readonly redrive?: true;
  /** The row of `identities` of the person whom it is addressed to; they are known when the history begins. */
  readonly to?: string;
  /** The same, of what comes out of quarantine. */
  readonly person?: StreamRecord['person'] | undefined;
  readonly events: readonly CollectedEvent[];
}

/** A shard, which is read when those that it came from are read to their ends. */
export interface Shard {
  readonly id: number;
  readonly parents: readonly Shard[];
  readonly records: KinesisStreamRecord[];
}

export interface StreamOptions {
  /** How many requests go to two shards, before they are split in four, which are merged to one later. */
  readonly splitAfter: number;
  readonly mergeAfter: number;
  /** How many records the stream has taken before. @default 0 */
  readonly written?: number;
  /** @default those of the Collect API */
  readonly keyOf?: (event: CollectedEvent) => string;
  /** Who those are whom requests are addressed to, by row. @default nobody */
  readonly pids?: ReadonlyMap<string, Pid>;
}

/** The one message that all feedback is about. */
export const CONTACT = 'contact';

/** Real ones have 56 digits; these begin just before they get one more. */
const FIRST_SEQUENCE = 10n ** 55n - 7n;

/** Puts requests on a stream, in order, which is resharded twice meanwhile: a key's records go on in other shards. */
export function streamOf(requests: readonly Request[], options: StreamOptions): readonly Shard[] {
  const shard = (id: number, parents: readonly Shard[] = []): Shard => ({ id, parents, records: [] });
  const [a, b] = [shard(0), shard(1)];
  const [c, d, e, f] = [shard(2, [a]), shard(3, [a]), shard(4, [b]), shard(5, [b])];
  const last = shard(6, [c, d, e, f]);
  const placeOf = (key: string, request: number): Shard => {
    const [high, low] = [fingerprint(key).charCodeAt(0) % 2 === 0, fingerprint(key).charCodeAt(1) % 2 === 0];
    if (request >= options.mergeAfter) return last;
    if (request < options.splitAfter) return high ? a : b;
    if (high) return low ? c : d;
    return low ? e : f;
  };

  let sequence = FIRST_SEQUENCE + BigInt(options.written ?? 0);
  for (const [n, request] of requests.entries()) {
    for (const { partitionKey, data } of recordsOf(request, options)) {
      const sequenceNumber = String(sequence++);
      const arrivedAt = request.receivedAt;
      placeOf(partitionKey, n).records.push(kinesisRecord({ partitionKey, sequenceNumber, data, arrivedAt }));
    }
  }
  return [a, b, c, d, e, f, last];
}

function recordsOf({ events, to, ...stamp }: Request, { keyOf, pids }: StreamOptions) {
  const pid = to === undefined ? undefined : pids?.get(to);
  const common = { ...stamp, ...(pid !== undefined && { person: { pid, contact: CONTACT } }) };
  const records =
    keyOf === undefined
      ? streamRecords(events, common)
      : [...Map.groupBy(events, keyOf)].map(([partitionKey, ofKey]) => ({
          partitionKey,
          record: { v: 1 as const, ...common, events: ofKey },
        }));
  return records.map(({ partitionKey, record }) => ({
    partitionKey,
    data: Buffer.from(JSON.stringify(record)).toString('base64'),
  }));
}
