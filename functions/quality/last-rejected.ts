import type { QuarantineStore } from '#functions/adapters/s3/quarantine-store.ts';
import type { EpochMs } from '#shared/events/event.ts';
import type { QuarantineEntry } from '#shared/events/quarantine-entry.ts';

/** An entry of quarantine, and where it lies. */
export interface RejectedEvent {
  readonly key: string;
  readonly entry: QuarantineEntry;
}

/** The last events of a source that lie in quarantine, the newest first. */
export async function lastRejected(
  {
    source,
    limit,
    ...range
  }: { readonly source: string; readonly limit: number; readonly from: EpochMs; readonly to: EpochMs },
  quarantine: Pick<QuarantineStore, 'list' | 'read'>,
): Promise<readonly RejectedEvent[]> {
  const { keys } = await quarantine.list({ ...range, source, limit });
  const rejected: RejectedEvent[] = [];
  for (const key of keys) {
    if (rejected.length >= limit) break;
    const entries = await quarantine.read(key);
    rejected.push(...entries.map((entry) => ({ key, entry })));
  }
  return rejected.slice(0, limit);
}
