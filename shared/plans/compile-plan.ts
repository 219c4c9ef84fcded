import type { CollectedEvent } from '#shared/events/event.ts';
import { isJson, type Json } from '#shared/events/json.ts';
import { LIMITS } from '#shared/events/limits.ts';
import { type Outcome, ok, quarantined } from '#shared/kernel/outcome.ts';
import { type PlanCheck, type ViolationBudget, violationBudget } from '#shared/sources/admit-events.ts';
import { plannedNames } from './planned-names.ts';
import { readSchema } from './read-schema.ts';
import { schemaCompiler } from './schema-compiler.ts';
import { strip } from './strip.ts';
import type { PlannedCall, TrackingPlan } from './tracking-plan.ts';
import { pointerTo, type Violation, violationsOf } from './violation.ts';

/** One call of a plan, ready to be asked. */
interface CompiledCall {
  readonly isPlanned: (name: string) => boolean;
  readonly violationsIn: (payload: Json) => readonly Violation[];
}

/**
 * Makes of a plan what looks at events by it. A call's schema is compiled when the first such call is met,
 * since a process meets few of the many that a plan may have.
 *
 * @throws {Error} while looking, where a schema is not one that `planFaults` finds nothing wrong with.
 */
export function compilePlan(plan: TrackingPlan): PlanCheck {
  const compile = schemaCompiler();
  const lazily = (call: PlannedCall | undefined): (() => CompiledCall) | undefined => {
    let compiled: CompiledCall | undefined;
    return call && (() => (compiled ??= compileCall(call)));
  };
  const compileCall = ({ schema: said }: PlannedCall): CompiledCall => {
    const { schema } = readSchema(said);
    const validate = compile(schema);
    return { isPlanned: plannedNames(schema), violationsIn: (payload) => violationsOf(validate(payload)) };
  };
  const events = new Map(Object.entries(plan.events).map(([name, call]) => [name, lazily(call)]));
  const calls = {
    identify: lazily(plan.identify),
    group: lazily(plan.group),
    page: lazily(plan.page),
    screen: lazily(plan.screen),
    alias: undefined,
  };

  return (event, budget = violationBudget()) => {
    const call = event.type === 'track' ? events.get(event.event ?? '') : calls[event.type];
    if (call !== undefined) return checkCall(event, { call: call(), plan, budget });
    if (event.type !== 'track' || plan.unplannedEvents === 'allow') return ok(event);
    return plan.unplannedEvents === 'flag' ? flagged(event, UNPLANNED) : refused(UNPLANNED);
  };
}

const UNPLANNED = ['unplanned_event'];
const UNASKED = ['too_many_violations'];

function checkCall(
  event: CollectedEvent,
  {
    call,
    plan,
    budget,
  }: { readonly call: CompiledCall; readonly plan: TrackingPlan; readonly budget: ViolationBudget },
): Outcome<CollectedEvent> {
  if (budget.left <= 0) return plan.violations === 'flag' ? flagged(event, UNASKED) : refused(UNASKED);
  const part = event.type === 'identify' || event.type === 'group' ? 'traits' : 'properties';
  const said = payloadOf(event, part);
  const { unplannedProperties } = plan;
  const unplanned =
    unplannedProperties === 'allow' ? [] : Object.keys(said).filter((name) => !call.isPlanned(name));
  const planned = unplannedProperties === 'strip' && unplanned.length > 0 ? only(said, call.isPlanned) : said;
  const violations = call.violationsIn(planned);
  const found = [
    ...unplanned.map((name) => `unplanned_property /${part}${pointerTo([name], said)}`),
    ...violations.map(({ keyword, at }) => `${keyword} /${part}${pointerTo(at, planned)}`),
  ];
  budget.left -= found.length;
  if (violations.length > 0 && plan.violations === 'quarantine') return refused(found);

  const left =
    plan.violations === 'strip' ? strip(planned, { violations, violationsIn: call.violationsIn }) : planned;
  if (left === undefined) return refused(found);
  if (found.length === 0) return ok(event);
  return flagged(left === said ? event : saying(event, part, left), found);
}

/** What a call says of its kind; RudderStack's browser SDK says the traits of an identify call in `context.traits` alone. */
function payloadOf(
  { type, properties, traits, context }: CollectedEvent,
  part: 'traits' | 'properties',
): Json {
  if (part === 'properties') return properties ?? NOTHING;
  const inContext = context?.traits;
  if (type !== 'identify' || !isJson(inContext)) return traits ?? NOTHING;
  return { ...inContext, ...traits };
}

const NOTHING: Json = {};

/** The same event, saying something else; the traits of an identify call then in one place. */
function saying(event: CollectedEvent, part: 'traits' | 'properties', payload: Json): CollectedEvent {
  if (event.type !== 'identify' || event.context === undefined) return { ...event, [part]: payload };
  const { traits: _, ...context } = event.context;
  return { ...event, traits: payload, context };
}

const only = (payload: Json, isPlanned: (name: string) => boolean): Json =>
  Object.fromEntries(Object.entries(payload).filter(([name]) => isPlanned(name)));

/** An event is looked at again when it is redriven: what was found before stays. */
const flagged = (event: CollectedEvent, found: readonly string[]): Outcome<CollectedEvent> =>
  ok({ ...event, violations: told([...(event.violations ?? []), ...found]) });

const refused = (found: readonly string[]): Outcome<CollectedEvent> =>
  quarantined('plan_violation', told(found));

/** As many as anybody reads, each once. */
const told = (found: readonly string[]): string[] =>
  [...new Set(found.map((text) => text.slice(0, LIMITS.violationLength).toWellFormed()))].slice(
    0,
    LIMITS.violations,
  );
