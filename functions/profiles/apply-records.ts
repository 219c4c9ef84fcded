import type { Quarantine } from '#functions/adapters/s3/quarantine.ts';
import { isHopeless } from '#functions/runtime/fault.ts';
import type { Pid } from '#shared/events/event.ts';
import type { StreamRecord } from '#shared/events/stream-record.ts';
import type { IdentityRules } from '#shared/identity/rules.ts';
import { PersonContentionError } from '#shared/kernel/errors.ts';
import { fingerprint } from '#shared/kernel/fingerprint.ts';
import type { DefinitionsSource } from '#shared/profiles/definitions.ts';
import { followParted } from '#shared/profiles/kin.ts';
import { normaliseEvent } from '#shared/profiles/normalise-event.ts';
import type { IdentityRepository, PeopleRepository } from '#shared/profiles/people-repository.ts';
import {
  type BatchEvent,
  type BatchReads,
  planBatch,
  rowsOfEvent,
  type Stray,
} from '#shared/profiles/plan-batch.ts';
import { mergePair } from './merge-pair.ts';
import { writePerson } from './write-person.ts';

/** Records of one partition key, in the order of the stream. */
export interface KeyedRecords {
  /** The stream's ARN and the key: sequence numbers compare within them alone. */
  readonly stream: string;
  readonly partitionKey: string;
  readonly records: readonly { readonly sequenceNumber: string; readonly record: StreamRecord }[];
}

export interface ApplyPorts {
  readonly people: PeopleRepository;
  readonly identities: IdentityRepository;
  readonly definitions: DefinitionsSource;
  readonly quarantine: Quarantine;
  /** Whose timeline is kept. */
  readonly timeline: 'none' | 'known' | 'all';
  readonly newPid: () => Pid;
  readonly now: () => number;
  /** Waits before another attempt at people that others write to as well. */
  readonly pause: (attempt: number) => Promise<void>;
}

/** What came of the events, counted for metrics. */
export interface AppliedCounts {
  applied: number;
  duplicates: number;
  quarantined: number;
  merges: number;
  /** Identifiers that were refused, less those that are listed already. */
  refused: number;
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
 * that it takes nothing of the same person down with it.
 *
 * @throws {PersonContentionError} when it lost every attempt; what was written stays, and is skipped
 * when the records come again.
 * @throws whatever may pass: the records come again.
 */
export async function applyRecords(keyed: KeyedRecords, ports: ApplyPorts): Promise<AppliedCounts> {
  const counts: AppliedCounts = { applied: 0, duplicates: 0, quarantined: 0, merges: 0, refused: 0 };
  const markKey = fingerprint(`${keyed.stream}\n${keyed.partitionKey}`);
  const { identity } = await ports.definitions.current(0);
  const events = streamEvents(keyed, identity);
  let position = 0;
  let lost = 0;
  let step = events.length;

  while (position < events.length) {
    if (lost === MAX_ATTEMPTS) throw new PersonContentionError(MAX_ATTEMPTS);
    const next = events.slice(position, position + step);
    const markOf = (consumed: number) => markBefore(events, position + consumed);
    try {
      const consumed = await applySome(next, {
        markKey,
        markOf,
        counts,
        ports,
        identity,
        consistent: lost > 0,
      });
      lost = consumed === 'conflict' ? lost + 1 : 0;
      if (consumed === 'conflict') await ports.pause(lost);
      else position += consumed;
    } catch (fault) {
      if (!isHopeless(fault)) throw fault;
      const [poison] = next;
      if (step === 1 && poison !== undefined) {
        await quarantine([{ ...poison, reason: 'not_applied' }], ports);
        counts.quarantined += 1;
        position += 1;
      }
      step = 1;
    }
  }
  return counts;
}

interface SomeOptions {
  readonly markKey: string;
  /** The mark that may be set once so many of the events are applied. */
  readonly markOf: (consumed: number) => string | undefined;
  readonly counts: AppliedCounts;
  readonly ports: ApplyPorts;
  readonly identity: IdentityRules;
  readonly consistent: boolean;
}

/** Applies events as far as one plan goes. @returns how many of them are done. */
async function applySome(
  events: readonly BatchEvent[],
  { markKey, markOf, counts, ports, identity, consistent }: SomeOptions,
): Promise<number | 'conflict'> {
  const plan = planBatch(events, await read(events, { consistent, ports, identity }), {
    markKey,
    identity,
    newPid: ports.newPid,
  });
  await quarantine(plan.strays, ports);
  counts.quarantined += plan.strays.length;

  const mark = markOf(plan.consumed);
  for (const [index, person] of plan.people.entries()) {
    // Only the last write makes the records durable for everybody, so only it may say so
    const isLast = index === plan.people.length - 1;
    const written = await writePerson(person, {
      ports,
      ...(isLast && mark !== undefined && { mark: { markKey, mark } }),
    });
    if (written === 'conflict') return 'conflict';
    counts.applied += written.applied;
    counts.duplicates += written.duplicates;
    counts.refused += written.refused;
  }
  if (plan.merge !== undefined) {
    if ((await mergePair(plan.merge, ports)) === 'conflict') return 'conflict';
    counts.merges += 1;
  }
  return plan.consumed;
}

function streamEvents({ records }: KeyedRecords, identity: IdentityRules): readonly BatchEvent[] {
  return records.flatMap(({ sequenceNumber, record }) =>
    record.events.map((event, index) => ({
      event: normaliseEvent(event, { source: record.source, receivedAt: record.receivedAt, identity }),
      sequenceNumber,
      index,
      pid: record.person?.pid,
      contact: record.person?.contact,
    })),
  );
}

async function read(
  events: readonly BatchEvent[],
  { consistent, ports, identity }: Pick<SomeOptions, 'consistent' | 'ports' | 'identity'>,
): Promise<BatchReads> {
  const rows = events.flatMap((entry) => rowsOfEvent(entry, identity));
  const owners =
    rows.length === 0 ? new Map<string, Pid>() : await ports.identities.owners(rows, { consistent });
  const addressed = events.flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  const people = new Map(await ports.people.findMany([...owners.values(), ...addressed], { consistent }));
  const followed = await followParted(owners, people, ports.people);
  const actual = new Map([...owners].map(([key, pid]) => [key, followed.get(key)?.pid ?? pid]));
  for (const person of followed.values()) people.set(person.pid, person);
  await mendRows(owners, { owners: actual, people }, ports.identities);
  return { owners: actual, people };
}

/**
 * Rows that point at an absorbed person, or at whom an un-merge took the identifier from, cost a read
 * each time; they are mended as they are met.
 */
async function mendRows(
  rows: ReadonlyMap<string, Pid>,
  { owners, people }: BatchReads,
  identities: IdentityRepository,
): Promise<void> {
  const stale = [...rows].flatMap(([key, from]) => {
    const to = people.get(owners.get(key) ?? from)?.pid;
    return to === undefined || to === from ? [] : [{ key, from, to }];
  });
  if (stale.length > 0) await identities.repoint(stale);
}

/** The sequence number up to which every record lies wholly before a position. */
function markBefore(events: readonly BatchEvent[], position: number): string | undefined {
  const next = events[position]?.sequenceNumber;
  return events.slice(0, position).findLast(({ sequenceNumber }) => sequenceNumber !== next)?.sequenceNumber;
}

type Refused = BatchEvent & { readonly reason: Stray['reason'] | 'not_applied' };

async function quarantine(refused: readonly Refused[], ports: ApplyPorts): Promise<void> {
  for (const { reason, event, sequenceNumber, index } of refused) {
    await ports.quarantine.keep({
      source: event.source,
      id: `${sequenceNumber}-${index}`,
      entries: [{ reason, receivedAt: event.receivedAt, event: event.collected }],
    });
  }
}
