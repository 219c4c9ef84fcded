import type { AccessRequest, Authorize } from '#local/gate/aws-call.ts';
import type { StartingPosition } from '#local/services/kinesis-log.ts';
import { createBell } from './bell.ts';
import { type Checkpoints, SHARD_END } from './checkpoints.ts';
import type { FailedBatch } from './failed-batch.ts';
import type { Invoker } from './invoker.ts';
import type { StreamMapping, StreamMappingProperties } from './mapping-properties.ts';
import { pollShard } from './shard-poller.ts';
import type { StreamShard, StreamSource } from './stream-source.ts';

export interface RunningMapping {
  /** Settles once it is known where each shard starts: what arrives from then on is delivered. */
  readonly ready: Promise<void>;
  /** Waits for invocations under way, whose answers still count. */
  close(): Promise<void>;
}

export interface MappingDependencies {
  readonly invoker: Invoker;
  readonly authorize: Authorize;
  readonly checkpoints: Checkpoints;
  /** Keeps a batch that was given up; asked again until it succeeds. */
  readonly onFailure: (batch: FailedBatch) => Promise<void>;
  readonly log?: (line: string) => void;
  readonly backoffMs?: (failures: number) => number;
}

const ASK_AGAIN_MS = 1000;

/** Brisker than Lambda's, which a developer would wait for. */
const defaultBackoffMs = (failures: number): number => Math.min(10_000, 100 * 2 ** (failures - 1));

/**
 * Runs an event source mapping over a stream's shards: a parent to its end before its children, each shard
 * from its checkpoint on.
 *
 * The starting position counts once, for the shards there are when the mapping is first started; shards that
 * come later are read from their beginning.
 *
 * @throws {AwsError} where the function's role may not read the stream or write to the failure destination.
 */
export function startStreamMapping(
  mapping: StreamMapping,
  source: StreamSource,
  { checkpoints, authorize, log = () => {}, backoffMs = defaultBackoffMs, ...d }: MappingDependencies,
): RunningMapping {
  authorize(mapping.caller, accessOf(mapping, source));
  const abort = new AbortController();
  const running = new Map<string, Promise<void>>();

  /** Starts the shards whose parents are read to their end. */
  async function follow(): Promise<void> {
    const shards = await listed();
    const places = checkpoints.load(mapping.id);
    const unread = new Set(shards.map(({ id }) => id).filter((id) => places.get(id) !== SHARD_END));
    for (const { id, parentIds } of shards) {
      const mayStart = unread.has(id) && !running.has(id) && !parentIds.some((parent) => unread.has(parent));
      if (mayStart && !abort.signal.aborted) running.set(id, run(id, places.get(id) ?? '0'));
    }
  }

  /** The shards of the stream, which may not answer yet; at the very first time with where to start. */
  async function listed(): Promise<readonly StreamShard[]> {
    const bell = createBell(abort.signal);
    while (!abort.signal.aborted) {
      try {
        const shards = await source.shards();
        if (checkpoints.load(mapping.id).size > 0) return shards;
        const start = startOf(mapping.properties);
        const places = await Promise.all(shards.map(({ id }) => source.placeOf(id, start)));
        for (const [index, { id }] of shards.entries())
          checkpoints.save(mapping.id, id, places[index] ?? '0');
        return shards;
      } catch (error) {
        log(`${mapping.properties.EventSourceArn} cannot be read: ${error}`);
        await bell.pause(ASK_AGAIN_MS);
      }
    }
    return [];
  }

  async function run(shardId: string, after: string): Promise<void> {
    const saveCheckpoint = (place: string) => checkpoints.save(mapping.id, shardId, place);
    const poller = { ...d, source, saveCheckpoint, signal: abort.signal, log, backoffMs };
    if (!(await pollShard(mapping, { shardId, after }, poller))) return;
    saveCheckpoint(SHARD_END);
    await follow();
  }

  const ready = follow();
  return {
    ready,
    async close() {
      abort.abort();
      await ready;
      // A shard that ends meanwhile may yet have added its children.
      for (const shard of running.values()) await shard;
    },
  };
}

const startOf = (properties: StreamMappingProperties): StartingPosition => {
  const { StartingPosition: kind, StartingPositionTimestamp: seconds = 0 } = properties;
  return kind === 'AT_TIMESTAMP' ? { kind, atMs: seconds * 1000 } : { kind };
};

function accessOf({ id, properties }: StreamMapping, source: StreamSource): AccessRequest[] {
  const reading = source.actions.map((action) => ({ action, resource: properties.EventSourceArn }));
  const destination = properties.DestinationConfig?.OnFailure.Destination;
  if (!destination) return reading;
  if (destination.includes(':sqs:'))
    return [...reading, { action: 'sqs:SendMessage', resource: destination }];
  return [
    ...reading,
    { action: 's3:PutObject', resource: `${destination}/aws/lambda/${id}/` },
    { action: 's3:ListBucket', resource: destination },
  ];
}
