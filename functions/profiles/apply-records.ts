import type { Quarantine } from '#functions/adapters/s3/quarantine.ts';
import { isHopeless } from '#functions/runtime/fault.ts';
import type { EpochMs, Pid } from '#shared/events/event.ts';
import type { StreamRecord } from '#shared/events/stream-record.ts';
import type { IdentityRules } from '#shared/identity/rules.ts';
import { PersonContentionError } from '#shared/kernel/errors.ts';
import { fingerprint } from '#shared/kernel/fingerprint.ts';
import type { DefinitionsSource } from '#shared/profiles/definitions.ts';
import { vacantRows } from '#shared/profiles/erased.ts';
import { normaliseEvents } from '#shared/profiles/normalise-event.ts';
import type { IdentityRepository, PeopleRepository } from '#shared/profiles/people-repository.ts';
import { type BatchEvent, planBatch } from '#shared/profiles/plan-batch.ts';
import { mergePair } from './merge-pair.ts';
import { readPeople } from './read-people.ts';
import { keepEvent, setAside } from './set-aside.ts';
import type { Tally } from './tally.ts';
import { writePerson } from './write-person.ts';

/** Records of one partition key, in the order of the stream. */
export interface KeyedRecords {
  /** The stream's ARN and the key: sequence numbers compare within them alone. */
  readonly stream: string;
  readonly partitionKey: string;
  readonly records: readonly {
    readonly sequenceNumber: string;
    readonly record: StreamRecord;
    /** Whether it has come again for so long that the mapping would soon give it up. @default false */
    readonly isOverdue?: boolean;
  }[];
}

export interface ApplyPorts {
  readonly people: PeopleRepository;
  readonly identities: IdentityRepository;
  readonly definitions: DefinitionsSource;
  readonly quarantine: Quarantine;
  readonly tally: Tally;
  /** From which age on a record's events are quarantined when they fail, rather than tried again. */
  readonly giveUpAfterMs: number;
  /** Whose timeline is kept. */
  readonly timeline: 'none' | 'known' | 'all';
  readonly newPid: () => Pid;
  /** Told of what each person gets, says whether that makes them hot. */
  readonly becomesHot: (pid: Pid, events: number) => boolean;
  readonly now: () => number;
  /** Waits before another attempt at people that others write to as well. */
  readonly pause: (attempt: number) => Promise<void>;
}

/** What came of the events, counted for metrics. */
export interface AppliedCounts {
  applied: number;
  duplicates: number;
  quarantined: number;
  /** Of those quarantined: what might have passed, and did not in all the time there was. */
  givenUp: number;
  merges: number;
  /** Identifiers that were refused, less those that are listed already. */
  refused: number;
  /** People who got very many events in a minute. */
  hot: number;
  /** Events of people who were erased after they happened: nothing is kept of them. */
  erased: number;
}

const MAX_ATTEMPTS = 10;

/**
 * Applies what the records of one partition key say to the people they are about.
 *
 * Safe to repeat and to race: each event is folded into one person once, whatever is redelivered or
 * written meanwhile. A person is written with a mark only when every earlier record of the key is
 * durable for everybody it touches, so the marks alone tell a redelivery what is done.
 *
 * An event that no attempt could ever apply is found by going on one at a time, and quarantined, so
 * that it takes nothing of the same person down with it. So is, of a record that is overdue, one that
 * is known not to be applied when its attempt has failed for what may pass: the mapping would give up
 * whole batches, and tell of none of their events whether it was applied.
 *
 * @throws {PersonContentionError} when it lost every attempt; what was written stays, and is skipped
 * when the records come again.
 * @throws whatever may pass: the records come again.
 */
export async function applyRecords(
  { stream, partitionKey, records }: KeyedRecords,
  ports: ApplyPorts,
): Promise<AppliedCounts> {
  const counts: AppliedCounts = {
    applied: 0,
    duplicates: 0,
    quarantined: 0,
    givenUp: 0,
    merges: 0,
    refused: 0,
    hot: 0,
    erased: 0,
  };
  const markKey = fingerprint(stream, partitionKey);
  const { identity } = await ports.definitions.current(0);
  const events = streamEvents(records, identity);
  const times = timesOf(events);
  let position = 0;
  let lost = 0;
  let step = events.length;

  while (position < events.length) {
    const next = events.slice(position, position + step);
    try {
      if (lost === MAX_ATTEMPTS) throw new PersonContentionError(MAX_ATTEMPTS);
      const consumed = await applySome(next, {
        ...{ records, markKey, times, counts, ports, identity },
        consistent: lost > 0,
      });
      lost = consumed === 'conflict' ? lost + 1 : 0;
      if (consumed === 'conflict') await ports.pause(lost);
      else position += consumed;
    } catch (fault) {
      const [failed] = next;
      if (failed === undefined || !(isHopeless(fault) || failed.isOverdue)) throw fault;
      if (step === 1) {
        await setAside(failed, fault, { records, counts, ports, identity });
        position += 1;
      }
      step = 1;
      lost = 0;
    }
  }
  return counts;
}

interface SomeOptions {
  readonly records: KeyedRecords['records'];
  readonly markKey: string;
  /** When the earliest event of each record happened, by sequence number. */
  readonly times: ReadonlyMap<string, EpochMs>;
  readonly counts: AppliedCounts;
  readonly ports: ApplyPorts;
  readonly identity: IdentityRules;
  readonly consistent: boolean;
}

/** Applies events as far as one plan goes. @returns how many of them are done. */
async function applySome(
  events: readonly BatchEvent[],
  { records, markKey, times, counts, ports, identity, consistent }: SomeOptions,
): Promise<number | 'conflict'> {
  const reads = await readPeople(events, { consistent, ports, identity });
  const plan = planBatch(events, reads, { markKey, identity, newPid: ports.newPid });
  // That nobody is there is no answer of a read that may be stale
  if (!consistent && plan.strays.some(({ reason }) => reason === 'unknown_person')) return 'conflict';
  for (const stray of plan.strays) await keepEvent(stray, stray.reason, { records, ports });
  counts.quarantined += plan.strays.length;
  counts.erased += plan.erased;

  const vacant = vacantRows(reads.owners, reads.erased);
  // All before these events is done with, so every write may say so; of themselves none may
  const from = events[0]?.sequenceNumber ?? '';
  const recordOf = new Map(records.map(({ sequenceNumber, record }) => [sequenceNumber, record]));
  for (const person of plan.people) {
    const written = await writePerson(person, { ports, vacant, markKey, from, times, consistent });
    if (written === 'conflict') return 'conflict';
    noteApplied(person.events, { written, recordOf, tally: ports.tally });
    counts.applied += written.applied;
    if (ports.becomesHot(person.person.pid, written.applied)) counts.hot += 1;
    counts.duplicates += written.duplicates;
    counts.refused += written.refused;
  }
  if (plan.merge !== undefined) {
    if ((await mergePair(plan.merge, ports)) === 'conflict') return 'conflict';
    counts.merges += 1;
  }
  return plan.consumed;
}

/** Each message once, that may stand in a batch twice. */
function noteApplied(
  events: readonly BatchEvent[],
  {
    written,
    recordOf,
    tally,
  }: {
    readonly written: { readonly news: ReadonlySet<string> };
    readonly recordOf: ReadonlyMap<string, StreamRecord>;
    readonly tally: Tally;
  },
): void {
  const news = new Set(written.news);
  for (const entry of events) {
    const record = recordOf.get(entry.sequenceNumber);
    if (record !== undefined && news.delete(entry.event.id)) tally.note(entry, record);
  }
}

/** An event of a batch, with what the age of its record means for it. */
type StreamEvent = BatchEvent & { readonly isOverdue: boolean };

function streamEvents(records: KeyedRecords['records'], identity: IdentityRules): readonly StreamEvent[] {
  return records.flatMap(({ sequenceNumber, record, isOverdue = false }) => {
    const { source, receivedAt, person, redrive } = record;
    return normaliseEvents(record.events, { source, receivedAt, identity }).map((event, index) => ({
      event,
      sequenceNumber,
      index,
      pid: person?.pid,
      contact: person?.contact,
      // An overdue one may be quarantined although its write goes through after all: then that is told for ever
      redriven: redrive ?? isOverdue,
      isOverdue,
    }));
  });
}

/** When the earliest event of each record happened. */
function timesOf(events: readonly BatchEvent[]): ReadonlyMap<string, EpochMs> {
  const times = new Map<string, EpochMs>();
  for (const { event, sequenceNumber } of events) {
    times.set(sequenceNumber, Math.min(event.at, times.get(sequenceNumber) ?? event.at));
  }
  return times;
}
