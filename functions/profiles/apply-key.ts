import type { KinesisKey } from '#functions/runtime/kinesis-batch.ts';
import { count } from '#functions/runtime/telemetry.ts';
import { type ApplyPorts, applyRecords } from './apply-records.ts';
import { readRecords } from './read-records.ts';

/** Settles the records of one partition key, and counts what came of their events. */
export async function applyKey(key: KinesisKey, ports: ApplyPorts): Promise<void> {
  const { applied, duplicates, quarantined, givenUp, merges, refused, hot, erased } = await applyRecords(
    await readRecords(key, ports),
    ports,
  );
  count('EventsApplied', applied);
  count('EventsDuplicate', duplicates);
  count('EventsQuarantined', quarantined);
  count('EventsGivenUp', givenUp);
  count('PeopleMerged', merges);
  count('IdentifiersRefused', refused);
  count('HotPeople', hot);
  count('EventsErased', erased);
}
