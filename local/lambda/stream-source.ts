import type { StartingPosition } from '#local/services/kinesis-log.ts';

/** A record of either kind of stream, as a mapping needs it. */
export interface StreamRecord {
  readonly sequenceNumber: string;
  readonly arrivedAtMs: number;
  /** Records of one key keep their order. */
  readonly key: string;
  /** As it stands in the event that the function gets. */
  readonly event: unknown;
  readonly bytes: number;
  /** Whether a filter's pattern selects it. */
  readonly matches: (pattern: unknown) => boolean;
  /** Never delivered, whatever the filters: AWS would not have written it. */
  readonly spurious: boolean;
}

export interface StreamShard {
  readonly id: string;
  readonly parentIds: readonly string[];
}

/** What a mapping reads: shards that come and go, each a sequence of records. Places are opaque. */
export interface StreamSource {
  readonly shards: () => Promise<readonly StreamShard[]>;
  readonly placeOf: (shardId: string, start: StartingPosition) => Promise<string>;
  /** Records after a place, oldest first; `ended` says that none will ever come after them. */
  readonly read: (at: {
    shardId: string;
    after: string;
    limit: number;
  }) => Promise<{ readonly records: readonly StreamRecord[]; readonly ended: boolean }>;
  /** Calls back when there may be more to read. A source that cannot tell is asked every `pollMs`. */
  readonly subscribe: (listener: () => void) => () => void;
  readonly pollMs: number;
  /** What its role asks leave for, to read it. */
  readonly actions: readonly string[];
  /** How a failed batch's document calls it, and to what fraction of a second it gives times. */
  readonly batchInfo: { readonly name: string; readonly time: (atMs: number) => string };
}
