import type { Person, Transitions } from '#shared/profiles/activity.ts';
import { conflictsOf } from '#shared/profiles/conflict.ts';
import type { VacantRow } from '#shared/profiles/erased.ts';
import { foldEvents } from '#shared/profiles/fold.ts';
import { joinMarks } from '#shared/profiles/marks.ts';
import type { PersonPlan, PlannedEvent } from '#shared/profiles/plan-batch.ts';
import type { Profile } from '#shared/profiles/profile.ts';
import { type TimelineChunk, timelineChunks } from '#shared/profiles/timeline.ts';
import { nextMembership } from '#shared/segments/membership.ts';
import type { AppliedCounts, ApplyPorts } from './apply-records.ts';
import { findKnown } from './known-messages.ts';

interface WriteOptions {
  readonly ports: ApplyPorts;
  /** Rows that erased people left. */
  readonly vacant: ReadonlyMap<string, VacantRow>;
  /** Set on the write that makes every record up to here durable for everybody. */
  readonly mark?: { readonly markKey: string; readonly mark: string };
}

/** What came of the events of one person. */
type WrittenCounts = Pick<AppliedCounts, 'applied' | 'duplicates' | 'refused'>;

/**
 * Folds events into a person and writes them, with what follows from it: memberships and the outbox
 * in the same write; timeline, spill and ledger before it, under keys that make repeating them
 * harmless. Events that were all applied before cost no write.
 */
export async function writePerson(
  { person, events }: PersonPlan,
  { ports, vacant, mark }: WriteOptions,
): Promise<WrittenCounts | 'conflict'> {
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
    duplicates: events.length - folded.applied.size,
    refused: folded.refused.length + folded.unlisted,
  };
  if (folded.applied.size === 0) {
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
      ...activity,
      version,
      profileVersion: folded.profileChanged ? version : activity.profileVersion,
      definitionsVersion: definitions.version,
      segments: membership.segments,
      marks: mark === undefined ? activity.marks : joinMarks(activity.marks, [[mark.markKey, mark.mark]]),
    },
  };

  await ports.people.keepTimeline(
    timelineOf(next, { events, applied: folded.applied, timeline: ports.timeline }),
  );
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
  return written === 'conflict' ? written : counts;
}

/** The outbox of a write, or nothing when nobody entered or left. */
export function transitionsOf(
  { entered, exited, moved }: Readonly<Record<'entered' | 'exited' | 'moved', readonly string[]>>,
  stamp: Pick<Transitions, 'n' | 'at'>,
): Transitions | undefined {
  if (entered.length + exited.length + moved.length === 0) return undefined;
  return { ...stamp, entered: [...entered], exited: [...exited], moved: [...moved] };
}

function timelineOf(
  person: Person,
  {
    events,
    applied,
    timeline,
  }: {
    readonly events: readonly PlannedEvent[];
    readonly applied: ReadonlySet<string>;
    readonly timeline: ApplyPorts['timeline'];
  },
): readonly TimelineChunk[] {
  if (timeline === 'none' || (timeline === 'known' && !isKnown(person.profile))) return [];
  // A record's chunk holds all of its events, also those applied by an earlier attempt: it replaces that one's
  return [...Map.groupBy(events, ({ sequenceNumber }) => sequenceNumber)]
    .filter(([, ofRecord]) => ofRecord.some(({ event }) => applied.has(event.id)))
    .flatMap(([sequenceNumber, ofRecord]) => timelineChunks(person.pid, sequenceNumber, ofRecord));
}

/** Whether anything but a browser's or a device's random id names the person. */
const isKnown = ({ identifiers, contacts }: Profile): boolean =>
  Object.keys(identifiers).some((key) => !/^(?:anonymousId|deviceId)#/.test(key)) ||
  Object.keys(contacts).length > 0;

/** What came of a message is kept with the message: under the pid that it was sent to, merged since or not. */
async function joinContacts(events: readonly PlannedEvent[], { people }: ApplyPorts): Promise<void> {
  for (const { event, pid, contact } of events) {
    if (pid === undefined || contact === undefined || event.email === undefined) continue;
    await people.joinContact({ pid, id: contact, field: event.email.contact, at: event.at });
  }
}
