import type { EpochMs } from '#shared/events/event.ts';
import type { Person } from '#shared/profiles/activity.ts';
import { spillersOf } from '#shared/profiles/kin.ts';
import { mayLack } from '#shared/profiles/marks.ts';
import type { PlannedEvent } from '#shared/profiles/plan-batch.ts';
import type { Profile } from '#shared/profiles/profile.ts';
import { type TimelineChunk, timelineChunks } from '#shared/profiles/timeline.ts';
import type { ApplyPorts } from './apply-records.ts';

/** What writing timelines asks about the stream. */
export interface TellOptions {
  readonly ports: Pick<ApplyPorts, 'people' | 'timeline'>;
  /** The partition key. */
  readonly markKey: string;
  /** When the earliest event of each record happened, by sequence number. */
  readonly times: ReadonlyMap<string, EpochMs>;
}

/**
 * Of events that a person has, those that lack in their timeline: it is written after them, so that one
 * who is interrupted in between leaves it to whoever gets the record again. So may lack what was given up
 * and applied after all, by a write that arrived late. Costs a read only then.
 *
 * @returns their fingerprints.
 */
export async function findUntold(
  person: Person,
  events: readonly PlannedEvent[],
  { ports, markKey, times }: TellOptions,
): Promise<ReadonlySet<string>> {
  if (!isTold(person.profile, ports.timeline)) return NOTHING;
  const { marks } = person.activity;
  const doubtful = events.filter(
    ({ sequenceNumber, redriven }) => redriven || mayLack(marks, markKey, sequenceNumber),
  );
  if (doubtful.length === 0) return NOTHING;
  const records = new Set(doubtful.map(({ sequenceNumber }) => sequenceNumber));
  const told = await ports.people.findTold(
    await spillersOf(person, ports.people),
    [...records].map((sequenceNumber) => recordOf(sequenceNumber, times)),
  );
  return new Set(doubtful.flatMap(({ event }) => (told.has(event.id) ? [] : [event.id])));
}

const NOTHING: ReadonlySet<string> = new Set();

/**
 * The chunks of the records of which something is to be told. Each holds all of the person's events of its
 * record, also those that came before.
 */
export function chunksOf(
  { pid, profile }: Person,
  { events, news }: { readonly events: readonly PlannedEvent[]; readonly news: ReadonlySet<string> },
  { ports, times }: Pick<TellOptions, 'ports' | 'times'>,
): readonly TimelineChunk[] {
  if (!isTold(profile, ports.timeline)) return [];
  return [...Map.groupBy(events, ({ sequenceNumber }) => sequenceNumber)].flatMap(
    ([sequenceNumber, ofRecord]) =>
      timelineChunks(pid, recordOf(sequenceNumber, times), { events: ofRecord, news }),
  );
}

function recordOf(sequenceNumber: string, times: TellOptions['times']) {
  const at = times.get(sequenceNumber);
  if (at === undefined) throw new TypeError('an event of none of the records');
  return { sequenceNumber, at };
}

/** Whether a timeline is kept of somebody. */
const isTold = (profile: Profile, timeline: ApplyPorts['timeline']): boolean =>
  timeline === 'all' || (timeline === 'known' && isKnown(profile));

/** Whether anything but a browser's or a device's random id names the person. */
const isKnown = ({ identifiers, contacts }: Profile): boolean =>
  Object.keys(identifiers).some((key) => !/^(?:anonymousId|deviceId)#/.test(key)) ||
  Object.keys(contacts).length > 0;
