import type { Pid } from '#shared/events/event.ts';
import { identityRow } from '#shared/identity/identifier.ts';
import { type Identified, type KnownPerson, resolve, rowsToRead } from '#shared/identity/resolve.ts';
import type { IdentityRules } from '#shared/identity/rules.ts';
import type { Person } from './activity.ts';
import { type Erased, lessErased } from './erased.ts';
import { newPerson, type ResolvedEvent } from './fold.ts';
import { knownPerson } from './known-person.ts';
import { isMarked } from './marks.ts';
import type { NormalisedEvent } from './normalise-event.ts';
import { REFUSAL_LIMIT } from './refusals.ts';

/** One event of a batch, with the place it has in the stream. */
export interface BatchEvent {
  readonly event: NormalisedEvent;
  readonly sequenceNumber: string;
  /** Its place among the events of its record. */
  readonly index: number;
  /** Set for an event that names its person; it is not resolved by identifiers. */
  readonly pid?: Pid | undefined;
  /** The message that such an event is about. */
  readonly contact?: string | undefined;
  /** Whether applying it is noted for ever, rather than for the horizon of seen ids. */
  readonly redriven?: boolean | undefined;
}

/** An event that can be nobody's: its person was never known, or it has no identifier. */
export interface Stray extends BatchEvent {
  readonly reason: 'unknown_person' | 'no_identifier';
}

/** What has been read of the people that a batch may touch. */
export interface BatchReads {
  /** By row of `identities`. */
  readonly owners: ReadonlyMap<string, Pid>;
  /** By the pid asked for, merges followed. */
  readonly people: ReadonlyMap<Pid, Person>;
  readonly erased: Erased;
}

export type PlannedEvent = ResolvedEvent & BatchEvent;

/** The events of one person in a batch, in order. */
export interface PersonPlan {
  readonly person: Person;
  readonly events: readonly PlannedEvent[];
}

/**
 * Whose the events of a batch are.
 *
 * It ends early at an event that shows people to be one: what comes before is written, `merge` is
 * done, and the rest is planned again from what is then stored. So it does where one write would
 * link more identifiers than a transaction takes, or apply more events than `!activity` should hold
 * the ids of.
 */
export interface BatchPlan {
  readonly people: readonly PersonPlan[];
  /** How many events the plan covers, those that need nothing included. */
  readonly consumed: number;
  readonly merge?: PlannedMerge;
  readonly strays: readonly Stray[];
  /** How many events were of people who have been erased since: nothing of them stays. */
  readonly erased: number;
}

/** Two people whom an event shows to be one. */
export interface PlannedMerge {
  readonly people: readonly [Pid, Pid];
  readonly event: NormalisedEvent;
}

/**
 * How many identifiers one plan links or lists as refused, and redriven events it notes. DynamoDB takes
 * a hundred actions in a transaction, of which the person's own items are two; the rest is left to what
 * comes along.
 */
const MAX_ACTIONS = 80;

/** So many events of one person go into one write: their ids all stand in `!activity` until the next. */
export const MAX_EVENTS = 500;

export interface PlanOptions {
  /** Names the partition key in `marks`. */
  readonly markKey: string;
  readonly newPid: () => Pid;
  readonly identity: IdentityRules;
}

/**
 * Decides whose each event of one partition key is, in order, each seeing the links of those before.
 *
 * An event whose record is marked as durable by anybody it could be about needs nothing more.
 */
export function planBatch(events: readonly BatchEvent[], reads: BatchReads, options: PlanOptions): BatchPlan {
  const drafts = openDrafts(reads);
  const strays: Stray[] = [];
  let erased = 0;
  const finish = (consumed: number, merge?: PlannedMerge): BatchPlan => ({
    people: drafts.plans(),
    consumed,
    strays,
    erased,
    ...(merge !== undefined && { merge }),
  });

  let last: { readonly entry: BatchEvent; readonly whose: Whose } | undefined;
  for (const [position, entry] of events.entries()) {
    const whose =
      last !== undefined && reads.erased.rows.size === 0 && isAlike(entry, last.entry)
        ? last.whose
        : whoseIs(entry, { drafts, reads, options });
    last = { entry, whose };
    if (whose.kind === 'durable') continue;
    if (whose.kind === 'erased') {
      erased += 1;
      continue;
    }
    if (whose.kind === 'stray') {
      strays.push({ ...entry, reason: whose.reason });
      continue;
    }
    if (whose.kind === 'merge') return finish(position, { people: whose.people, event: entry.event });

    const { person, link, refused } = whose;
    if (drafts.actions() + link.length + Math.min(refused.length, REFUSAL_LIMIT) > MAX_ACTIONS) {
      return finish(position);
    }
    if (drafts.isFull(person.pid)) return finish(position);
    const { event, sequenceNumber, index, pid, contact, redriven } = entry;
    drafts.assign(person, { event, sequenceNumber, index, pid, contact, redriven, link, refused });
    // The next event that is alike finds everything linked, unless something was refused, which it is again
    if (refused.length > 0) last = undefined;
    else if (link.length > 0) last = { entry, whose: { kind: 'person', person, link: NONE, refused: NONE } };
  }
  return finish(events.length);
}

const NONE: readonly never[] = [];

/** Whose one event is, in itself: `durable` where it needs nothing more, `erased` where it must not stay. */
type Whose =
  | { readonly kind: 'durable' }
  | { readonly kind: 'erased' }
  | { readonly kind: 'stray'; readonly reason: Stray['reason'] }
  | { readonly kind: 'merge'; readonly people: PlannedMerge['people'] }
  | ({ readonly kind: 'person'; readonly person: Person } & Pick<PlannedEvent, 'link' | 'refused'>);

interface Planning {
  readonly drafts: ReturnType<typeof openDrafts>;
  readonly reads: BatchReads;
  readonly options: PlanOptions;
}

function whoseIs(entry: BatchEvent, { drafts, reads, options }: Planning): Whose {
  if (isDurable(entry, reads, options)) return { kind: 'durable' };
  const { event, pid } = entry;
  if (pid !== undefined) {
    if (reads.erased.people.has(pid)) return { kind: 'erased' };
    const person = reads.people.get(pid);
    if (person === undefined) return { kind: 'stray', reason: 'unknown_person' };
    return { kind: 'person', person, link: NONE, refused: NONE };
  }
  if (!isIdentified(event)) return { kind: 'stray', reason: 'no_identifier' };
  const { ownerOf } = drafts;
  const rules = options.identity;
  const isOwned = (row: string): boolean => ownerOf(row) !== undefined;
  const left = lessErased(event, { erased: reads.erased, isOwned, rules });
  if (left === undefined) return { kind: 'erased' };
  const resolution = resolve(left, { ownerOf, rules });
  if (resolution.kind === 'merge') {
    const [winner, loser] = resolution.people;
    return { kind: 'merge', people: [winner.pid, loser.pid] };
  }
  const { link, refused } = resolution;
  const person =
    resolution.kind === 'one'
      ? drafts.personOf(resolution.pid)
      : newPerson(options.newPid(), event.receivedAt);
  return { kind: 'person', person, link, refused };
}

/** Whether two events of one record name the same, so that both are one person's: see {@link normaliseEvents}. */
const isAlike = (a: BatchEvent, b: BatchEvent): boolean =>
  a.event.identifiers === b.event.identifiers && a.sequenceNumber === b.sequenceNumber && a.pid === b.pid;

/** Whether an event says of whom it is about; it could be anybody otherwise. */
const isIdentified = (event: NormalisedEvent): event is NormalisedEvent & Identified =>
  event.legalEntity !== undefined && event.identifiers.length > 0;

/** The rows of `identities` that planning asks for. */
export function rowsToPlan(events: readonly BatchEvent[], identity: IdentityRules): readonly string[] {
  return events.flatMap((entry, index) => {
    const before = events[index - 1];
    return before !== undefined && isAlike(entry, before) ? NONE : rowsOf(entry, identity);
  });
}

const rowsOf = ({ event, pid }: BatchEvent, identity: IdentityRules): readonly string[] =>
  pid === undefined && isIdentified(event) ? rowsToRead(event, identity) : NONE;

/** Whether anybody whom the event could be about knows its record as applied. */
function isDurable(
  entry: BatchEvent,
  { owners, people }: BatchReads,
  { markKey, identity }: PlanOptions,
): boolean {
  const { pid, sequenceNumber } = entry;
  const known: ReadonlyMap<Pid | undefined, Person> = people;
  const isMarkedBy = (candidate: Pid | undefined): boolean => {
    const person = known.get(candidate);
    return person !== undefined && isMarked(person.activity.marks, markKey, sequenceNumber);
  };
  return pid === undefined
    ? rowsOf(entry, identity).some((row) => isMarkedBy(owners.get(row)))
    : isMarkedBy(pid);
}

/** A person as resolving sees them: with the identifiers that this batch links. */
interface Draft extends KnownPerson {
  readonly person: Person;
  readonly events: PlannedEvent[];
  readonly claims: string[];
  readonly entities: string[];
}

/** The people of a batch, as its events so far have made them. */
function openDrafts({ owners, people }: BatchReads) {
  const drafts = new Map<Pid, Draft>();
  /** By row. */
  const linked = new Map<string, Draft>();
  const refused = new Map<Pid, Set<string>>();
  /** How many of the refusals find a place at most: whoever is refused thousands is not written more often for it. */
  let listed = 0;
  let notes = 0;
  const known: ReadonlyMap<Pid | undefined, Person> = people;

  const draftOf = (person: Person): Draft => {
    const drafted = drafts.get(person.pid);
    if (drafted !== undefined) return drafted;
    const seen = knownPerson(person);
    const draft = { ...seen, entities: [...seen.entities], person, events: [], claims: [] };
    drafts.set(person.pid, draft);
    return draft;
  };

  return {
    ownerOf(row: string): KnownPerson | undefined {
      const person = known.get(owners.get(row));
      return linked.get(row) ?? (person === undefined ? undefined : draftOf(person));
    },
    personOf(pid: Pid): Person {
      const draft = drafts.get(pid);
      if (draft === undefined) throw new TypeError(`no draft of person ${pid}`);
      return draft.person;
    },
    assign(person: Person, planned: PlannedEvent): void {
      const draft = draftOf(person);
      draft.events.push(planned);
      if (planned.refused.length > 0) {
        const ofPerson = refused.get(person.pid) ?? new Set();
        listed -= Math.min(ofPerson.size, REFUSAL_LIMIT);
        for (const { key, reason } of planned.refused) ofPerson.add(`${reason} ${key}`);
        listed += Math.min(ofPerson.size, REFUSAL_LIMIT);
        refused.set(person.pid, ofPerson);
      }
      notes += Number(planned.redriven ?? false);
      const { legalEntity } = planned.event;
      if (legalEntity === undefined) return;
      if (!draft.entities.includes(legalEntity)) draft.entities.push(legalEntity);
      draft.claims.push(...planned.link);
      for (const key of planned.link) linked.set(identityRow(legalEntity, key), draft);
    },
    /** What the writes take besides the people's own items. */
    actions: (): number => linked.size + listed + notes,
    isFull: (pid: Pid): boolean => (drafts.get(pid)?.events.length ?? 0) >= MAX_EVENTS,
    plans: (): readonly PersonPlan[] => [...drafts.values()].filter(({ events }) => events.length > 0),
  };
}
