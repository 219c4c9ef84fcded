import { Pid } from '#shared/events/event.ts';
import { canonicalState } from '#shared/profiles/canonical.ts';
import type { Definitions } from '#shared/profiles/definitions.ts';
import { foldEvents, newPerson } from '#shared/profiles/fold.ts';
import { type NormalisedEvent, normaliseEvent } from '#shared/profiles/normalise-event.ts';
import { nextMembership } from '#shared/segments/membership.ts';
import { IDENTITY } from './segments.ts';
import type { Request } from './stream.ts';

/** What one person must come to. */
export interface Outcome {
  readonly state: string;
  /** Ids of the messages in their timeline, in order. */
  readonly messages: readonly string[];
}

/** An event as it was sent, in its normal form, with the rows of whom it is about, the deciding one first. */
export interface Sent {
  readonly event: NormalisedEvent;
  readonly rows: readonly string[];
  readonly isAddressed: boolean;
}

/** All that was sent, each message once. */
export function eventsOf(requests: readonly Request[]): readonly Sent[] {
  const events = new Map<string, Sent>();
  for (const { events: sent, to, source, receivedAt } of requests) {
    for (const collected of sent) {
      const event = normaliseEvent(collected, { source, receivedAt, identity: IDENTITY });
      const isAddressed = to !== undefined;
      const said = source.identity === 'isolate' ? event.rows.slice(0, 1) : event.rows;
      const rows = isAddressed ? [to] : said;
      if (!events.has(event.id)) events.set(event.id, { event, rows, isAddressed });
    }
  }
  return [...events.values()];
}

/** Ids of the messages that point at nobody, in order. */
export const strays = (requests: readonly Request[]): readonly string[] =>
  eventsOf(requests)
    .filter(({ rows }) => rows.length === 0)
    .map(({ event }) => event.messageId)
    .sort();

/**
 * What a history comes to by the pure fold alone: whoever is linked by an identifier is one person, and
 * their events are folded once each. It holds for histories in which no limit is hit.
 *
 * @param erased rows of who was erased: whoever is linked with one of them is left out.
 */
export function expectedOutcome(
  requests: readonly Request[],
  definitions: Definitions,
  erased: readonly string[] = [],
): readonly Outcome[] {
  const groups: { keys: Set<string>; events: Sent[] }[] = [];
  for (const event of eventsOf(requests)) {
    if (event.rows.length === 0) continue;
    const linked = groups.filter(({ keys }) => event.rows.some((key) => keys.has(key)));
    for (const group of linked) groups.splice(groups.indexOf(group), 1);
    groups.push({
      keys: new Set([...linked.flatMap(({ keys }) => [...keys]), ...event.rows]),
      events: [...linked.flatMap(({ events }) => events), event],
    });
  }
  return groups
    .filter(({ keys }) => !erased.some((row) => keys.has(row)))
    .map(({ events }) => fold(events, definitions))
    .sort(byState);
}

function fold(events: readonly Sent[], definitions: Definitions): Outcome {
  const nobody = newPerson(Pid.parse('expected'), 0);
  const resolved = events.map(({ event, isAddressed }) => ({
    event,
    link: isAddressed ? [] : event.identifiers,
    refused: [],
  }));
  const { person } = foldEvents(nobody, resolved, {
    spilled: new Set(),
    traits: definitions.traits,
    computed: definitions.computed,
  });
  const { segments } = nextMembership({ person, definitions, at: 0 });
  return {
    state: canonicalState({ ...person, activity: { ...person.activity, segments } }),
    messages: events.map(({ event }) => event.messageId).sort(),
  };
}

export const byState = (a: Outcome, b: Outcome): number =>
  a.state < b.state ? -1 : Number(a.state > b.state);
