import { type ComputedRules, NO_AGGREGATES } from '#shared/computed/computed-rules.ts';
import { decodeRequest } from '#shared/events/decode-request.ts';
import { type CollectedEvent, Pid } from '#shared/events/event.ts';
import type { SourceStamp } from '#shared/events/stream-record.ts';
import { DEFAULT_IDENTITY, type IdentityRules } from '#shared/identity/rules.ts';
import { fingerprint } from '#shared/kernel/fingerprint.ts';
import type { Activity, Person, SeenId } from '#shared/profiles/activity.ts';
import { NOBODY_ERASED } from '#shared/profiles/erased.ts';
import { foldEvents } from '#shared/profiles/fold.ts';
import { joinMarks } from '#shared/profiles/marks.ts';
import { mergePeople } from '#shared/profiles/merge.ts';
import { normaliseEvents } from '#shared/profiles/normalise-event.ts';
import {
  type BatchEvent,
  type BatchReads,
  type PersonPlan,
  planBatch,
  rowsToPlan,
} from '#shared/profiles/plan-batch.ts';
import { absorbedBy } from '#shared/profiles/profile.ts';
import { placesToLook } from '#shared/profiles/seen.ts';
import { DEFAULT_RULES } from '#shared/traits/trait-definition.ts';
import type { Request } from './workload.ts';

/** The steps that an event goes through, in order. */
export const STEPS = ['parse', 'decode', 'normalise', 'resolve', 'fold'] as const;
export type Step = (typeof STEPS)[number];

/** What a benchmark may look at on the way. */
export interface Probes {
  /** Called when a step has ended. */
  readonly lap?: (step: Step) => void;
  /** Called with each person as they are stored. */
  readonly written?: (person: Person) => void;
  /** Called with each event that was applied, and whom it was taken to be of then. */
  readonly applied?: (messageId: string, pid: Pid) => void;
}

interface RiverOptions extends Probes {
  /** @default what counts without settings */
  readonly identity?: IdentityRules;
  /** @default what counts where nothing is defined */
  readonly computed?: ComputedRules;
}

const SOURCE: SourceStamp = {
  id: 'web',
  legalEntity: 'summit',
  market: 'eu',
  brand: 'summit',
  country: 'FR',
};
const STREAM = 'arn:aws:kinesis:eu-west-1:000000000000:stream/bench';

/**
 * The product's own code from bytes to people, with a store that is Map look-ups: what functions/
 * does around it (AWS calls, the stream's own JSON) is left out, identity, merges, provenance,
 * consent, marks and both levels of deduplication are in.
 */
export function memoryRiver({
  lap = () => {},
  written = () => {},
  applied: appliedTo,
  identity = DEFAULT_IDENTITY,
  computed = NO_AGGREGATES,
}: RiverOptions = {}) {
  const owners = new Map<string, Pid>();
  const people = new Map<Pid, Person>();
  const absorbed = new Map<Pid, Pid>();
  const spills = new Map<Pid, Set<string>>();
  let created = 0;
  let records = 0;
  let applied = 0;
  let merges = 0;
  let rejected = 0;

  const survivor = (pid: Pid): Pid => {
    const into = absorbed.get(pid);
    return into === undefined ? pid : survivor(into);
  };

  function read(events: readonly BatchEvent[]): BatchReads {
    const reads = { owners: new Map<string, Pid>(), people: new Map<Pid, Person>(), erased: NOBODY_ERASED };
    for (const row of rowsToPlan(events, identity)) {
      const pid = owners.get(row);
      const person = pid === undefined ? undefined : people.get(survivor(pid));
      if (pid === undefined || person === undefined) continue;
      reads.owners.set(row, pid);
      reads.people.set(pid, person);
    }
    return reads;
  }

  function write({ person, events }: PersonPlan, mark: Activity['marks']): void {
    const doubtful = events.flatMap(({ event }) => placesToLook(person.activity.seen, event));
    const folded = foldEvents(person, events, {
      spilled: findSpilled(person, doubtful),
      traits: DEFAULT_RULES,
      computed,
    });
    if (folded.applied.size === 0) return;
    spill(person.pid, folded.spill);
    const { activity, profile } = folded.person;
    const version = activity.version + 1;
    const next: Person = {
      pid: person.pid,
      profile,
      activity: {
        ...activity,
        version,
        profileVersion: folded.profileChanged ? version : activity.profileVersion,
        marks: joinMarks(activity.marks, mark),
      },
    };
    people.set(person.pid, next);
    written(next);
    for (const row of folded.claims) owners.set(row, person.pid);
    applied += folded.applied.size;
    if (appliedTo === undefined) return;
    for (const { event } of events) {
      if (folded.applied.has(event.id)) appliedTo(event.messageId, person.pid);
    }
  }

  function findSpilled({ pid, profile }: Person, ids: readonly SeenId[]): ReadonlySet<string> {
    if (ids.length === 0) return new Set();
    const pids = [pid, ...absorbedBy(profile)];
    return new Set(ids.map(([, id]) => id).filter((id) => pids.some((each) => spills.get(each)?.has(id))));
  }

  function spill(pid: Pid, ids: readonly SeenId[]): void {
    if (ids.length === 0) return;
    const known = spills.get(pid) ?? new Set();
    for (const [, id] of ids) known.add(id);
    spills.set(pid, known);
  }

  function merge([a, b]: readonly [Pid, Pid], at: number): void {
    const [left, right] = [people.get(survivor(a)), people.get(survivor(b))];
    if (left === undefined || right === undefined) throw new TypeError('a merge of somebody unknown');
    const merged = mergePeople(left, right, { at, traits: DEFAULT_RULES, computed });
    spill(merged.winner.pid, merged.spill);
    people.set(merged.winner.pid, merged.winner);
    people.delete(merged.loser);
    absorbed.set(merged.loser, merged.winner.pid);
    merges += 1;
  }

  /** What a request says under one partition key, as the stream's one record. */
  function applyRecord(partitionKey: string, collected: readonly CollectedEvent[], receivedAt: number): void {
    const sequenceNumber = sequenceNumberOf(records);
    records += 1;
    const events = normaliseEvents(collected, { source: SOURCE, receivedAt, identity }).map(
      (event, index): BatchEvent => ({
        event,
        sequenceNumber,
        index,
        pid: undefined,
        contact: undefined,
        redriven: false,
      }),
    );
    lap('normalise');
    const markKey = fingerprint(STREAM, partitionKey);
    for (let position = 0; position < events.length; ) {
      const remaining = position === 0 ? events : events.slice(position);
      const plan = planBatch(remaining, read(remaining), {
        markKey,
        identity,
        newPid: () => pidOf(++created),
      });
      lap('resolve');
      for (const person of plan.people) write(person, [[markKey, sequenceNumber, sequenceNumber]]);
      if (plan.merge !== undefined) merge(plan.merge.people, receivedAt);
      lap('fold');
      position += plan.consumed;
    }
  }

  return {
    /** Takes in one request, as the λs do between them. */
    accept({ body, receivedAt }: Request): void {
      const parsed: unknown = JSON.parse(body.toString('utf8'));
      lap('parse');
      const decoded = decodeRequest(parsed, { receivedAt, digest: fingerprint });
      lap('decode');
      rejected += decoded.rejected.length;
      for (const [key, events] of Map.groupBy(decoded.events, partitionKeyOf)) {
        applyRecord(key, events, receivedAt);
      }
    },

    everybody: (): readonly Person[] => [...people.values()],

    /** Who somebody is by now. */
    survivor,

    /** By an identifier's row. */
    ownerOf(row: string): Person | undefined {
      const pid = owners.get(row);
      return pid === undefined ? undefined : people.get(survivor(pid));
    },

    counts: () => ({ applied, merges, rejected, records }),
  };
}

const pidOf = (number: number): Pid => Pid.parse(flat(`person-${String(number).padStart(9, '0')}`));

const sequenceNumbers: string[] = [];

/** The stream numbers its records: to do so is no work of the product's, and is done once for all runs. */
function sequenceNumberOf(record: number): string {
  for (let next = sequenceNumbers.length; next <= record; next++) {
    sequenceNumbers.push(flat(`4966${String(next).padStart(52, '0')}`));
  }
  return sequenceNumbers[record] ?? '';
}

/** A text in one piece, as the stream's and random ones are; V8 would keep the pieces of a joined one as well. */
const flat = (text: string): string => Buffer.from(text, 'latin1').toString('latin1');

const partitionKeyOf = ({ userId, anonymousId }: CollectedEvent): string =>
  userId === undefined ? `anonymousId#${anonymousId}` : `userId#${userId}`;
