import type { CollectedEvent } from '#shared/events/event.ts';
import { isJson, type Json } from '#shared/events/json.ts';
import { dropped, type Outcome, ok } from '#shared/kernel/outcome.ts';
import { nameFilter } from './name-list.ts';
import type { Source } from './source.ts';

/** What a source asks of its events, compiled. */
export interface AdmissionRules {
  /** Whether track calls of this name are taken; without it, all are. */
  readonly takesEvent: ((name: string) => boolean) | undefined;
  /** Whether this trait is kept; without it, all are. */
  readonly keepsTrait: ((name: string) => boolean) | undefined;
}

/** What became of events: each is in one of the three, in the order in which they came. */
export interface Admitted {
  readonly events: readonly CollectedEvent[];
  /** To be kept for somebody to mend. */
  readonly rejected: readonly Refused[];
  /** Not wanted, and not kept. */
  readonly dropped: readonly Refused[];
}

export interface Refused {
  readonly reason: string;
  readonly event: CollectedEvent;
}

/** The rules of a source, or nothing where it takes every event as it is. */
export function admissionRules({
  events,
  traits,
}: Pick<Source, 'events' | 'traits'>): AdmissionRules | undefined {
  if (events === undefined && traits === undefined) return undefined;
  return { takesEvent: events && nameFilter(events), keepsTrait: traits && nameFilter(traits) };
}

/**
 * Lets events of a source in as it wants them: without events that it denies (`event_denied`), and without
 * traits that it does.
 *
 * To admit what was admitted changes nothing. An event that nothing is taken from is the same object.
 */
export function admitEvents(events: readonly CollectedEvent[], rules: AdmissionRules | undefined): Admitted {
  if (rules === undefined) return { events, rejected: NONE, dropped: NONE };
  const admitted: CollectedEvent[] = [];
  const [rejected, unwanted]: [Refused[], Refused[]] = [[], []];
  for (const event of events) {
    const outcome = admit(event, rules);
    if (outcome.kind === 'ok') admitted.push(outcome.value);
    else (outcome.kind === 'dropped' ? unwanted : rejected).push({ reason: outcome.reason, event });
  }
  return { events: admitted, rejected, dropped: unwanted };
}

const NONE: readonly never[] = [];

function admit(event: CollectedEvent, { takesEvent, keepsTrait }: AdmissionRules): Outcome<CollectedEvent> {
  if (takesEvent !== undefined && event.event !== undefined && !takesEvent(event.event)) {
    return dropped('event_denied');
  }
  return ok(keepsTrait === undefined ? event : withoutTraits(event, keepsTrait));
}

/** An event without the traits that are not kept, where it says any: of an identify or group call, and in `context.traits` of each. */
function withoutTraits(event: CollectedEvent, keeps: (name: string) => boolean): CollectedEvent {
  const traits = event.traits && only(event.traits, keeps);
  const said = event.context?.traits;
  const inContext = isJson(said) ? only(said, keeps) : said;
  if (traits === event.traits && inContext === said) return event;
  return {
    ...event,
    traits,
    context: inContext === said ? event.context : { ...event.context, traits: inContext },
  };
}

function only(values: Json, keeps: (name: string) => boolean): Json {
  const entries = Object.entries(values);
  const kept = entries.filter(([name]) => keeps(name));
  return kept.length === entries.length ? values : Object.fromEntries(kept);
}
