import type { CollectedEvent } from '#shared/events/event.ts';
import { isJson, type Json } from '#shared/events/json.ts';
import { LIMITS } from '#shared/events/limits.ts';
import type { Outcome } from '#shared/kernel/outcome.ts';
import { nameFilter } from './name-list.ts';
import type { Source } from './source.ts';

/** What a source asks of its events, compiled. */
export interface AdmissionRules {
  /** Whether track calls of this name are taken; without it, all are. */
  readonly takesEvent: ((name: string) => boolean) | undefined;
  /** Whether this trait is kept; without it, all are. */
  readonly keepsTrait: ((name: string) => boolean) | undefined;
  /** What its tracking plan says; without one, nothing. */
  readonly check: PlanCheck | undefined;
}

/**
 * What a tracking plan makes of an event: as it is, the same with its `violations` and perhaps without parts,
 * or quarantined. An event that was looked at before comes to the same.
 */
export type PlanCheck = (event: CollectedEvent, budget?: ViolationBudget) => Outcome<CollectedEvent>;

/** How much may still be found wrong with events that came together; with nothing left, no schema is asked. */
export interface ViolationBudget {
  left: number;
}

export const violationBudget = (): ViolationBudget => ({ left: LIMITS.requestViolations });

/** What became of events: each is in one of the three, in the order in which they came. */
export interface Admitted {
  readonly events: readonly CollectedEvent[];
  /** To be kept for somebody to mend. */
  readonly rejected: readonly Refused[];
  /** Not wanted, and not kept. */
  readonly dropped: readonly Refused[];
}

export interface Refused {
  /** Its place among the events that came. */
  readonly index: number;
  readonly reason: string;
  readonly details?: readonly string[] | undefined;
  /** As it was when it was refused: without the traits that its source does not keep. */
  readonly event: CollectedEvent;
}

/** The rules of a source, or nothing where it takes every event as it is. */
export function admissionRules(
  { events, traits }: Pick<Source, 'events' | 'traits'>,
  check?: PlanCheck,
): AdmissionRules | undefined {
  if (events === undefined && traits === undefined && check === undefined) return undefined;
  return { takesEvent: events && nameFilter(events), keepsTrait: traits && nameFilter(traits), check };
}

/**
 * Lets events of a source in as it wants them: without events that it denies (`event_denied`), without
 * traits that it does, and as its tracking plan says (`plan_violation`).
 *
 * To admit what was admitted changes nothing, but where it was not asked (`too_many_violations`). An event
 * that nothing is taken from, and nothing is wrong with, is the same object.
 */
export function admitEvents(events: readonly CollectedEvent[], rules: AdmissionRules | undefined): Admitted {
  if (rules === undefined) return { events, rejected: NONE, dropped: NONE };
  const { takesEvent, keepsTrait, check } = rules;
  const admitted: CollectedEvent[] = [];
  const [rejected, dropped]: [Refused[], Refused[]] = [[], []];
  const budget = violationBudget();
  for (const [index, event] of events.entries()) {
    if (takesEvent !== undefined && event.event !== undefined && !takesEvent(event.event)) {
      dropped.push({ index, reason: 'event_denied', event });
      continue;
    }
    const kept = keepsTrait === undefined ? event : withoutTraits(event, keepsTrait);
    const outcome = check?.(kept, budget) ?? { kind: 'ok', value: kept };
    if (outcome.kind === 'ok') admitted.push(outcome.value);
    else if (outcome.kind === 'dropped') dropped.push({ index, reason: outcome.reason, event: kept });
    else rejected.push({ index, reason: outcome.reason, details: outcome.details, event: kept });
  }
  return { events: admitted, rejected, dropped };
}

const NONE: readonly never[] = [];

/** An event without the traits that are not kept, where it says any: of an identify or group call, and in `context.traits` of each. */
function withoutTraits(event: CollectedEvent, keeps: (name: string) => boolean): CollectedEvent {
  const traits = event.traits && only(event.traits, keeps);
  const context = event.context && contextWithout(event.context, keeps);
  return traits === event.traits && context === event.context ? event : { ...event, traits, context };
}

/** The same of a call as it was sent, which was not understood: of its parts that have the form of an object. */
export function sentWithoutTraits(call: Json, keeps: (name: string) => boolean): Json {
  const traits = isJson(call.traits) ? only(call.traits, keeps) : call.traits;
  const context = isJson(call.context) ? contextWithout(call.context, keeps) : call.context;
  return traits === call.traits && context === call.context ? call : { ...call, traits, context };
}

function contextWithout(context: Json, keeps: (name: string) => boolean): Json {
  if (!isJson(context.traits)) return context;
  const traits = only(context.traits, keeps);
  return traits === context.traits ? context : { ...context, traits };
}

function only(values: Json, keeps: (name: string) => boolean): Json {
  const entries = Object.entries(values);
  const kept = entries.filter(([name]) => keeps(name));
  return kept.length === entries.length ? values : Object.fromEntries(kept);
}
