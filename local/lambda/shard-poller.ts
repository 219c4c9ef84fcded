import { hashKeyOf } from '#local/services/kinesis-sequence.ts';
import { deliverBatch } from './batch-delivery.ts';
import { createBell } from './bell.ts';
import { describeFailedBatch, type FailedBatch } from './failed-batch.ts';
import type { Invoker } from './invoker.ts';
import { patternsOf, type StreamMapping } from './mapping-properties.ts';
import type { StreamRecord, StreamSource } from './stream-source.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 6 MB in an invocation. */
const PAYLOAD_BYTES = 6 * 1024 * 1024;
const READ_AHEAD_BATCHES = 2;
const READ_AGAIN_MS = 1000;

export interface PollerDependencies {
  readonly source: StreamSource;
  readonly invoker: Invoker;
  readonly onFailure: (batch: FailedBatch) => Promise<void>;
  readonly saveCheckpoint: (place: string) => void;
  readonly backoffMs: (failures: number) => number;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

/** A record between being read and needing no other delivery. */
interface Held extends StreamRecord {
  readonly readAtMs: number;
  settled: boolean;
}

/**
 * Delivers one shard from a place on, until it has ended (true) or the signal aborts (false).
 *
 * Records go to as many lanes as the parallelization factor says, one key always to one lane, and each lane
 * delivers its batches one after another. The checkpoint only moves over what all lanes have settled.
 */
export async function pollShard(
  mapping: StreamMapping,
  { shardId, after }: { shardId: string; after: string },
  { source, signal, log, ...d }: PollerDependencies,
): Promise<boolean> {
  const { properties, functionArn } = mapping;
  const { BatchSize, ParallelizationFactor, MaximumRecordAgeInSeconds } = properties;
  const windowMs = properties.MaximumBatchingWindowInSeconds * 1000;
  const patterns = patternsOf(properties);
  const bell = createBell(signal);
  const lanes: Held[][] = Array.from({ length: ParallelizationFactor }, () => []);
  const held: Held[] = [];
  let ended = false;

  const laneOf = (key: string): Held[] | undefined =>
    lanes[ParallelizationFactor === 1 ? 0 : Number(hashKeyOf(key) % BigInt(ParallelizationFactor))];
  const isWanted = (record: StreamRecord): boolean =>
    !record.spurious && (!patterns || patterns.some((pattern) => record.matches(pattern)));

  /** Moves the checkpoint over what is settled from the oldest record on. */
  const advance = (): void => {
    const open = held.findIndex(({ settled }) => !settled);
    const last = held.splice(0, open === -1 ? held.length : open).at(-1);
    if (last) d.saveCheckpoint(last.sequenceNumber);
    bell.ring();
  };

  async function read(): Promise<void> {
    const roomFor = BatchSize * ParallelizationFactor * READ_AHEAD_BATCHES;
    let place = after;
    let changes = 0;
    const unsubscribe = source.subscribe(() => {
      changes += 1;
      bell.ring();
    });
    while (!ended && !signal.aborted) {
      await bell.until(() => held.length < roomFor);
      const seen = changes;
      const page = await readPage(place, roomFor - held.length);
      if (!page) continue;
      const readAtMs = Date.now();
      for (const record of page.records) {
        const one: Held = { ...record, readAtMs, settled: !isWanted(record) };
        held.push(one);
        if (!one.settled) laneOf(record.key)?.push(one);
      }
      place = page.records.at(-1)?.sequenceNumber ?? place;
      ended = page.ended;
      advance();
      if (page.records.length === 0) await bell.until(() => ended || changes !== seen, source.pollMs);
    }
    unsubscribe();
  }

  async function readPage(place: string, limit: number) {
    try {
      return await source.read({ shardId, after: place, limit });
    } catch (error) {
      log(`${properties.EventSourceArn} ${shardId} cannot be read: ${error}`);
      await bell.pause(READ_AGAIN_MS);
      return undefined;
    }
  }

  async function work(lane: Held[]): Promise<void> {
    while (!signal.aborted) {
      await bell.until(() => lane.length > 0 || ended);
      const [oldest] = lane;
      if (!oldest) return;
      await bell.until(() => ended || isFull(lane, BatchSize), oldest.readAtMs + windowMs - Date.now());
      const batch = lane.splice(0, fitting(lane, BatchSize));
      await deliverBatch(batch, {
        policy: {
          bisectOnError: properties.BisectBatchOnFunctionError,
          reportItemFailures: properties.FunctionResponseTypes.length > 0,
          maximumRetries: properties.MaximumRetryAttempts,
          maximumAgeMs: MaximumRecordAgeInSeconds === -1 ? -1 : MaximumRecordAgeInSeconds * 1000,
        },
        invoke: (event) => d.invoker.invoke(functionArn, event),
        async discard(step) {
          const { batchInfo } = source;
          const failed = describeFailedBatch(step, { mapping, shardId, batchInfo, nowMs: Date.now() });
          if (failed) await d.onFailure(failed);
        },
        settled(count) {
          for (const record of batch.slice(0, count)) record.settled = true;
          advance();
        },
        backoffMs: d.backoffMs,
        bell,
        signal,
        log: (line) => log(`${functionArn} ${shardId}: ${line}`),
      });
    }
  }

  await Promise.all([read(), ...lanes.map(work)]);
  return ended && held.length === 0;
}

/** How many records from the front go into one invocation: at least one. */
function fitting(lane: readonly StreamRecord[], batchSize: number): number {
  let bytes = 0;
  const over = lane.slice(0, batchSize).findIndex((record) => {
    bytes += record.bytes;
    return bytes > PAYLOAD_BYTES;
  });
  return over === -1 ? Math.min(lane.length, batchSize) : Math.max(1, over);
}

const isFull = (lane: readonly StreamRecord[], batchSize: number): boolean =>
  lane.length >= batchSize || fitting(lane, batchSize) < lane.length;
