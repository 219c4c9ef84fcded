import type { KinesisStreamRecord } from 'aws-lambda';
import type { Random } from '#demo/random.ts';
import type { Lambda } from './lambda.ts';
import type { Shard } from './stream.ts';

export interface Reading {
  /** A new λ, when there is none or the last has ended. */
  readonly start: () => Lambda;
  /** How records are cut into batches, and delivered again. */
  readonly random: Random;
  /** How often a place that was read to is lost, and an older one taken up again. */
  readonly setbacks: number;
}

/** Resolves when a shard is read to its end. */
export type ReadShard = (shard: Shard) => Promise<void>;

/**
 * Reads shards as an event source mapping does: parents first, in order, each batch until all of it is
 * settled. What failed comes again from the lowest sequence number that was reported, whole or bisected; all
 * of it where the λ ended.
 */
export function openReading(reading: Reading): ReadShard {
  const done = new Map<number, Promise<void>>();
  const read: ReadShard = (shard) => {
    const known =
      done.get(shard.id) ?? Promise.all(shard.parents.map(read)).then(() => readAll(shard, reading));
    done.set(shard.id, known);
    return known;
  };
  return read;
}

const LARGEST_BATCH = 8;

/** More deliveries than any weather that passes asks for. */
const PATIENCE = 300;

async function readAll({ records }: Shard, { start, random, setbacks }: Reading): Promise<void> {
  let lambda = start();
  let position = 0;
  let size = random.integer(1, LARGEST_BATCH);
  let left = setbacks;
  for (let delivery = 0; position < records.length; delivery++) {
    if (delivery === PATIENCE) throw new Error('a batch comes again and again');
    const batch = records.slice(position, position + size);
    const answer = await lambda.invoke(batch);
    if (answer === 'killed') {
      lambda = start();
      size = bisected(batch.length, random);
      continue;
    }
    const failed = answer.batchItemFailures[0]?.itemIdentifier;
    if (failed !== undefined) {
      const settled = placeOf(failed, batch);
      position += settled;
      size = bisected(batch.length - settled, random);
      continue;
    }
    position += batch.length;
    size = random.integer(1, LARGEST_BATCH);
    if (left > 0 && random.chance(0.3)) {
      left -= 1;
      position = random.integer(0, position);
    }
  }
}

const bisected = (size: number, random: Random): number =>
  random.chance(0.5) ? Math.max(1, Math.ceil(size / 2)) : Math.max(1, size);

function placeOf(sequenceNumber: string, batch: readonly KinesisStreamRecord[]): number {
  const place = batch.findIndex(({ kinesis }) => kinesis.sequenceNumber === sequenceNumber);
  if (place === -1) throw new Error('a record is reported that was not in the batch');
  return place;
}
