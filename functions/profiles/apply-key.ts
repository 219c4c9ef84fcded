import type { KinesisKey } from '#functions/runtime/kinesis-batch.ts';
import { count, measure } from '#functions/runtime/telemetry.ts';
import { type ApplyPorts, applyRecords } from './apply-records.ts';
import { meetDeadlines } from './meet-deadlines.ts';
import { readRecords } from './read-records.ts';

/** Settles the records of one partition key, and counts what came of them. */
export async function applyKey(key: KinesisKey, ports: ApplyPorts): Promise<void> {
  const { events, ticks } = await readRecords(key, ports);
  const { applied, duplicates, quarantined, givenUp, merges, refused, hot, erased } = await applyRecords(
    events,
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
  if (ticks.length === 0) return;

  const met = await meetDeadlines(ticks, ports);
  count('DeadlinesMet', met.met);
  count('DeadlinesLeft', met.left);
  if (met.met > 0) measure('DeadlineLag', met.lagMs);
}
