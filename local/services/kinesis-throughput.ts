/** What one shard takes in a second; AWS's own are 1 MB and 1,000 records. */
export interface ShardLimits {
  readonly bytesPerSecond: number;
  readonly recordsPerSecond: number;
}

/**
 * Says for each record whether its shard still takes it: a bucket per shard that holds one second's worth and
 * fills again as time passes.
 */
export function createThroughput(limits: ShardLimits | undefined, now: () => number) {
  const buckets = new Map<string, { bytes: number; records: number; atMs: number }>();

  return function takes(shard: string, bytes: number): boolean {
    if (!limits) return true;
    const { bytesPerSecond, recordsPerSecond } = limits;
    const at = now();
    const bucket = buckets.get(shard) ?? { bytes: bytesPerSecond, records: recordsPerSecond, atMs: at };
    const seconds = (at - bucket.atMs) / 1000;
    const left = {
      bytes: Math.min(bytesPerSecond, bucket.bytes + seconds * bytesPerSecond),
      records: Math.min(recordsPerSecond, bucket.records + seconds * recordsPerSecond),
      atMs: at,
    };
    const taken = left.bytes >= bytes && left.records >= 1;
    buckets.set(shard, taken ? { ...left, bytes: left.bytes - bytes, records: left.records - 1 } : left);
    return taken;
  };
}
