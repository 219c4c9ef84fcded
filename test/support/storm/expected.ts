import { Pid } from '#shared/events/event.ts';
import { canonicalState } from '#shared/profiles/canonical.ts';
import type { Definitions } from '#shared/profiles/definitions.ts';
import { foldEvents, newPerson } from '#shared/profiles/fold.ts';
import { type NormalisedEvent, normaliseEvent } from '#shared/profiles/normalise-event.ts';
import { nextMembership } from '#shared/segments/membership.ts';
import type { Request } from './stream.ts';

/** What one person must come to. */
export interface Outcome {
  readonly state: string;
  /** Ids of the messages in their timeline, in order. */
  readonly messages: readonly string[];
}

/** All that was sent, each message once, in its normal form. */
export function eventsOf(requests: readonly Request[]): readonly NormalisedEvent[] {
  const events = new Map<string, NormalisedEvent>();
  for (const { events: sent, ...common } of requests) {
    for (const event of sent) {
      const normalised = normaliseEvent(event, common);
      if (!events.has(normalised.id)) events.set(normalised.id, normalised);
    }
  }
  return [...events.values()];
}

/** Ids of the messages that point at nobody, in order. */
export const strays = (requests: readonly Request[]): readonly string[] =>
  eventsOf(requests)
    .filter(({ identifiers }) => identifiers.length === 0)
    .map(({ messageId }) => messageId)
    .sort();

/**
 * What a history comes to by the pure fold alone: whoever is linked by an identifier is one person, and
 * their events are folded once each. It holds for histories in which no limit is hit.
 */
export function expectedOutcome(requests: readonly Request[], definitions: Definitions): readonly Outcome[] {
  const groups: { keys: Set<string>; events: NormalisedEvent[] }[] = [];
  for (const event of eventsOf(requests)) {
    if (event.identifiers.length === 0) continue;
    const linked = groups.filter(({ keys }) => event.identifiers.some((key) => keys.has(key)));
    for (const group of linked) groups.splice(groups.indexOf(group), 1);
    groups.push({
      keys: new Set([...linked.flatMap(({ keys }) => [...keys]), ...event.identifiers]),
      events: [...linked.flatMap(({ events }) => events), event],
    });
  }
  return groups.map(({ events }) => fold(events, definitions)).sort(byState);
}

function fold(events: readonly NormalisedEvent[], definitions: Definitions): Outcome {
  const nobody = newPerson(Pid.parse('expected'), 0);
  const resolved = events.map((event) => ({ event, link: event.identifiers, refused: [] }));
  const { person } = foldEvents(nobody, resolved, {
    spilled: new Set(),
    traits: definitions.traits,
    computed: definitions.computed,
  });
  const { segments } = nextMembership({ person, definitions, at: 0 });
  return {
    state: canonicalState({ ...person, activity: { ...person.activity, segments } }),
    messages: events.map(({ messageId }) => messageId).sort(),
  };
}

export const byState = (a: Outcome, b: Outcome): number =>
  a.state < b.state ? -1 : Number(a.state > b.state);
