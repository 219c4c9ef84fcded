import type { Person, Transitions } from '#shared/profiles/activity.ts';
import { conflictsOf } from '#shared/profiles/conflict.ts';
import type { VacantRow } from '#shared/profiles/erased.ts';
import { foldEvents } from '#shared/profiles/fold.ts';
import { joinMarks } from '#shared/profiles/marks.ts';
import type { PersonPlan, PlannedEvent } from '#shared/profiles/plan-batch.ts';
import { nextMembership } from '#shared/segments/membership.ts';
import { withStanding } from '#shared/segments/standing.ts';
import type { AppliedCounts, ApplyPorts } from './apply-records.ts';
import { findKnown } from './known-messages.ts';
import { chunksOf, findUntold, type TellOptions } from './tell-events.ts';

interface WriteOptions extends TellOptions {
  readonly ports: ApplyPorts;
  /** Rows that erased people left. */
  readonly vacant: ReadonlyMap<string, VacantRow>;
  /** The record up to which, itself left out, all of its key are done with for everybody. */
  readonly from: string;
  /** Whether the person was read consistently. */
  readonly consistent: boolean;
}

/** What came of the events of one person. */
type WrittenCounts = Pick<AppliedCounts, 'applied' | 'duplicates' | 'refused'> & {
  /** Ids of those that were applied. */
  readonly news: ReadonlySet<string>;
};

/**
 * Folds events into a person and writes them, with what follows from it: memberships and the outbox
 * in the same write; spill and ledger before it, under keys that make repeating them harmless; the
 * timeline after it, since only then the events are theirs, whoever else was taken for it before. Events
 * that were all applied before cost no write.
 */
export async function writePerson(
  { person, events }: PersonPlan,
  { vacant, from, consistent, ...telling }: WriteOptions,
): Promise<WrittenCounts | 'conflict'> {
  const { ports, markKey } = telling;
  const known = await findKnown(person, events, ports.people);
  // By rules at least as new as those that the person was last written under
  const definitions = await ports.definitions.current(person.activity.definitionsVersion);
  const folded = foldEvents(person, events, {
    spilled: known.ids,
    traits: definitions.traits,
    computed: definitions.computed,
  });
  const counts = {
    applied: folded.applied.size,
    news: folded.applied,
    duplicates: events.length - folded.applied.size,
    refused: folded.refused.length + folded.unlisted,
  };
  const before = events.filter(({ event }) => !folded.applied.has(event.id));
  const untold = await findUntold(person, before, telling);
  // Whose they are is no answer of a read that may be stale
  if (untold.size > 0 && !consistent) return 'conflict';
  if (folded.applied.size === 0) {
    const lacking = chunksOf(person, { events, news: untold }, telling);
    if (lacking.length > 0) await ports.people.keepTimeline(lacking);
    if (known.unnoted.length > 0) await ports.people.keepRedriven(person.pid, known.unnoted);
    return counts;
  }

  const version = person.activity.version + 1;
  const at = ports.now();
  const membership = nextMembership({ person: folded.person, definitions, at, before: person });
  const { activity, profile } = folded.person;
  const next: Person = {
    pid: person.pid,
    profile,
    activity: {
      ...withStanding(activity, { membership, definitions, dueAt: person.activity.dueAt, at }),
      version,
      profileVersion: folded.profileChanged ? version : activity.profileVersion,
      marks: joinMarks(activity.marks, [[markKey, from, lastApplied(events, folded.applied) ?? from]]),
    },
  };

  const chunks = chunksOf(next, { events, news: folded.applied.union(untold) }, telling);
  await joinContacts(events, ports);
  if (folded.spill.length > 0) await ports.people.spill(person.pid, folded.spill);
  const written = await ports.people.write({
    person: next,
    profileChanged: folded.profileChanged,
    claims: folded.claims,
    vacant,
    conflicts: conflictsOf(next, folded.refused),
    transitions: transitionsOf({ ...membership, moved: [] }, { n: version, at }),
    redriven: known.unnoted,
  });
  if (written === 'conflict') return written;
  await ports.people.keepTimeline(chunks);
  return counts;
}

/** The last record of which something was applied. */
const lastApplied = (events: readonly PlannedEvent[], applied: ReadonlySet<string>): string | undefined =>
  events.findLast(({ event }) => applied.has(event.id))?.sequenceNumber;

/** The outbox of a write, or nothing when nobody entered or left. */
export function transitionsOf(
  { entered, exited, moved }: Readonly<Record<'entered' | 'exited' | 'moved', readonly string[]>>,
  stamp: Pick<Transitions, 'n' | 'at'>,
): Transitions | undefined {
  if (entered.length + exited.length + moved.length === 0) return undefined;
  return { ...stamp, entered: [...entered], exited: [...exited], moved: [...moved] };
}

/** What came of a message is kept with the message: under the pid that it was sent to, merged since or not. */
async function joinContacts(events: readonly PlannedEvent[], { people }: ApplyPorts): Promise<void> {
  for (const { event, pid, contact } of events) {
    if (pid === undefined || contact === undefined || event.email === undefined) continue;
    await people.joinContact({ pid, id: contact, field: event.email.contact, at: event.at });
  }
}
