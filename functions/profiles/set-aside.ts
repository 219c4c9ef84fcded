import { isHopeless } from '#functions/runtime/fault.ts';
import type { IdentityRules } from '#shared/identity/rules.ts';
import type { BatchEvent, Stray } from '#shared/profiles/plan-batch.ts';
import type { AppliedCounts, ApplyPorts, KeyedRecords } from './apply-records.ts';
import { isApplied } from './known-messages.ts';
import { readPeople } from './read-people.ts';

interface Context {
  /** Those that the event came in one of. */
  readonly records: KeyedRecords['records'];
  readonly ports: ApplyPorts;
}

/**
 * Quarantines an event that failed alone. One that another attempt might apply is looked for first,
 * since its last write may have gone through although the answer was lost: then, and where not even that
 * can be read, the record comes again.
 *
 * @throws the fault for an event that is applied already.
 */
export async function setAside(
  failed: BatchEvent,
  fault: unknown,
  {
    counts,
    identity,
    ...context
  }: Context & {
    readonly counts: AppliedCounts;
    readonly identity: IdentityRules;
  },
): Promise<void> {
  const { ports } = context;
  if (isHopeless(fault)) {
    await keepEvent(failed, 'not_applied', context);
  } else {
    const { people } = await readPeople([failed], { consistent: true, ports, identity });
    // It lacks in a timeline at most: who gets it again looks
    if (await isApplied([...people.values()], failed, ports.people)) throw fault;
    await keepEvent(failed, 'given_up', context);
    counts.givenUp += 1;
  }
  counts.quarantined += 1;
}

/**
 * Quarantines an event with all that it takes to redrive it, under its place in the stream. It is counted
 * when it is first kept: its record may come again, or be given up with its batch.
 */
export async function keepEvent(
  failed: BatchEvent,
  reason: Stray['reason'] | 'not_applied' | 'given_up',
  { records, ports }: Context,
): Promise<void> {
  const { event, sequenceNumber, index } = failed;
  const held = records.find((one) => one.sequenceNumber === sequenceNumber);
  if (held === undefined) throw new TypeError('an event of none of the records');
  const { events: _, redrive: __, uncounted: ___, ...record } = held.record;
  const isNew = await ports.quarantine.keep({
    source: event.source,
    id: `${sequenceNumber}-${index}`,
    entries: [{ reason, receivedAt: event.receivedAt, event: event.collected, record }],
  });
  if (isNew) ports.tally.note(failed, held.record, reason);
}
