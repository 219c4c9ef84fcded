import type { EpochMs, Pid } from '#shared/events/event.ts';
import { type Identifier, identifierKey } from '#shared/identity/identifier.ts';
import { type KnownPerson, resolve } from '#shared/identity/resolve.ts';
import type { Person } from './activity.ts';
import { newPerson, type ResolvedEvent } from './fold.ts';
import { isMarked } from './marks.ts';
import type { NormalisedEvent } from './normalise-event.ts';

/** One event of a batch, with the place it has in the stream. */
export interface BatchEvent {
  readonly event: NormalisedEvent;
  readonly sequenceNumber: string;
  /** Its place among the events of its record. */
  readonly index: number;
  /** Set for an event that names its person; it is not resolved by identifiers. */
  readonly pid?: Pid | undefined;
}

/** What has been read of the people that a batch may touch. */
export interface BatchReads {
  readonly owners: ReadonlyMap<string, Pid>;
  /** By the pid asked for, merges followed. */
  readonly people: ReadonlyMap<Pid, Person>;
}

/** The events of one person in a batch, in order. */
export interface PersonPlan {
  readonly person: Person;
  readonly events: readonly (ResolvedEvent & BatchEvent)[];
  readonly claims: readonly string[];
}

/**
 * Whose the events of a batch are.
 *
 * It ends early at an event that shows people to be one: what comes before is written, `merge` is
 * done, and the rest is planned again from what is then stored.
 */
export interface BatchPlan {
  readonly people: readonly PersonPlan[];
  /** How many events the plan covers, those that need nothing included. */
  readonly consumed: number;
  readonly merge?: readonly [Pid, Pid];
  /** Events addressed to somebody who is not there: erased, or never known. */
  readonly strays: readonly BatchEvent[];
}

interface Draft {
  readonly person: Person;
  readonly events: (ResolvedEvent & BatchEvent)[];
  readonly claims: string[];
  /** As resolving sees them: with the identifiers that this batch links. */
  known: KnownPerson;
}

/**
 * Decides whose each event of one partition key is, in order, each seeing the links of those before.
 *
 * An event whose record is marked as durable by anybody it could be about needs nothing more.
 */
export function planBatch(
  events: readonly BatchEvent[],
  reads: BatchReads,
  options: { readonly markKey: string; readonly newPid: () => Pid },
): BatchPlan {
  const drafts = new Map<Pid, Draft>();
  const owners = new Map<string, Pid>();
  const strays: BatchEvent[] = [];

  const draftOf = (person: Person): Draft => {
    const open = drafts.get(person.pid);
    if (open !== undefined) return open;
    const { pid, profile } = person;
    const draft: Draft = {
      person,
      events: [],
      claims: [],
      known: { pid, createdAt: profile.createdAt, identifiers: profile.identifiers },
    };
    drafts.set(pid, draft);
    return draft;
  };
  const stored = (key: string): Person | undefined => {
    const pid = reads.owners.get(key);
    return pid === undefined ? undefined : reads.people.get(pid);
  };
  const ownerOf = (key: string): KnownPerson | undefined => {
    const linked = owners.get(key);
    if (linked !== undefined) return drafts.get(linked)?.known;
    const person = stored(key);
    return person === undefined ? undefined : draftOf(person).known;
  };
  const assign = (draft: Draft, resolved: ResolvedEvent & BatchEvent): void => {
    draft.events.push(resolved);
    const linked = resolved.link.map(identifierKey);
    if (linked.length === 0) return;
    for (const key of linked) owners.set(key, draft.person.pid);
    draft.claims.push(...linked);
    const { pid, createdAt, identifiers } = draft.known;
    draft.known = {
      pid,
      createdAt,
      identifiers: { ...identifiers, ...Object.fromEntries(linked.map((key) => [key, true])) },
    };
  };

  const finish = (consumed: number, merge?: readonly [Pid, Pid]): BatchPlan => ({
    people: [...drafts.values()].filter((draft) => draft.events.length > 0),
    consumed,
    strays,
    ...(merge !== undefined && { merge }),
  });

  for (const [position, entry] of events.entries()) {
    const { event, pid } = entry;
    if (pid !== undefined) {
      const person = reads.people.get(pid);
      if (person === undefined) strays.push(entry);
      else if (!isMarked(person.activity.marks, options.markKey, entry.sequenceNumber)) {
        assign(draftOf(person), { ...entry, link: [], refused: [] });
      }
      continue;
    }
    const candidates = event.identifiers.map((identifier) => stored(identifierKey(identifier)));
    const durable = candidates.some(
      (person) =>
        person !== undefined && isMarked(person.activity.marks, options.markKey, entry.sequenceNumber),
    );
    if (durable) continue;

    const resolution = resolve(event.identifiers, ownerOf);
    if (resolution.kind === 'merge') {
      const [winner, loser] = resolution.people;
      if (winner !== undefined && loser !== undefined) return finish(position, [winner.pid, loser.pid]);
    }
    const draft = draftFor(resolution.kind === 'one' ? resolution.pid : undefined, event.receivedAt);
    assign(draft, { ...entry, link: linkOf(resolution), refused: resolution.refused });
  }
  return finish(events.length);

  function draftFor(pid: Pid | undefined, createdAt: EpochMs): Draft {
    const open = pid === undefined ? undefined : drafts.get(pid);
    return open ?? draftOf(newPerson(options.newPid(), createdAt));
  }
}

const linkOf = (resolution: ReturnType<typeof resolve>): readonly Identifier[] =>
  resolution.kind === 'merge' ? [] : resolution.link;
