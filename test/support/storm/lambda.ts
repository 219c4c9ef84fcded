import type { KinesisStreamBatchResponse, KinesisStreamRecord } from 'aws-lambda';
import { applyKey } from '#functions/profiles/apply-key.ts';
import { awsPorts } from '#functions/profiles/aws-ports.ts';
import type { ProfilesEnv } from '#functions/profiles/env.ts';
import { kinesisBatch } from '#functions/runtime/kinesis-batch.ts';
import { clientsOver } from './clients.ts';
import type { Line } from './network.ts';

/** A λ as it runs in AWS, but for its network and its clock. */
export interface Lambda {
  /** `killed` when the λ ended before it answered. */
  invoke(records: readonly KinesisStreamRecord[]): Promise<KinesisStreamBatchResponse | 'killed'>;
}

/** Starts the profiles function over a line of its own, with everything that it is in production behind it. */
export function startLambda(
  env: ProfilesEnv,
  { line, now }: { readonly line: Line; readonly now: () => number },
): Lambda {
  const ports = { ...awsPorts(env, clientsOver(line)), now, pause: async () => {} };
  const handle = kinesisBatch({
    handle: (key) => applyKey(key, ports),
    settled: () => ports.counts.add(ports.tally.take()),
  });

  return {
    invoke: (records) => Promise.race([handle({ Records: [...records] }), line.ended]),
  };
}
