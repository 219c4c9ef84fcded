import { StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import * as z from 'zod';

// The schemas below are the list of what runs here as it does on AWS. They are strict, so a field that the
// interpreter would silently ignore (ItemReader, ResultWriter, Tolerated…, Assign, HeartbeatSeconds, …) is refused.

const common = { Comment: z.string().optional(), QueryLanguage: z.literal('JSONPath').optional() };
const flow = { ...common, Next: z.string().optional(), End: z.literal(true).optional() };
const input = { InputPath: z.string().nullish() };
const output = { OutputPath: z.string().nullish() };
const result = {
  ResultSelector: z.record(z.string(), z.json()).optional(),
  ResultPath: z.string().nullish(),
};
const Retrier = z.strictObject({
  ErrorEquals: z.array(z.string()),
  IntervalSeconds: z.number().optional(),
  MaxAttempts: z.number().optional(),
  BackoffRate: z.number().optional(),
  MaxDelaySeconds: z.number().optional(),
  JitterStrategy: z.enum(['NONE', 'FULL']).optional(),
});
const Catcher = z.strictObject({
  ErrorEquals: z.array(z.string()),
  Next: z.string(),
  ResultPath: z.string().optional(),
});
const failure = { Retry: z.array(Retrier).optional(), Catch: z.array(Catcher).optional() };

const Task = z.strictObject({
  Type: z.literal('Task'),
  ...flow,
  ...input,
  ...result,
  ...output,
  ...failure,
  Resource: z.string().regex(/^arn:aws[\w-]*:states:::lambda:invoke$/, 'only lambda:invoke is honoured'),
  Parameters: z.strictObject({
    FunctionName: z.string(),
    Payload: z.json().optional(),
    'Payload.$': z.string().optional(),
  }),
  TimeoutSeconds: z.int().positive().optional(),
});
export type Task = z.infer<typeof Task>;

const Wait = z.strictObject({
  Type: z.literal('Wait'),
  ...flow,
  Seconds: z.int().nonnegative().optional(),
  SecondsPath: z.string().optional(),
  Timestamp: z.string().optional(),
  TimestampPath: z.string().optional(),
});
export type Wait = z.infer<typeof Wait>;

const comparisons = ['Equals', 'LessThan', 'GreaterThan', 'LessThanEquals', 'GreaterThanEquals'];
const literals: Readonly<Record<string, z.ZodType>> = {
  String: z.string(),
  Numeric: z.number(),
  Timestamp: z.string(),
};
const operators = Object.entries(literals).flatMap(([type, literal]) =>
  comparisons.flatMap((comparison): [string, z.ZodType][] => [
    [`${type}${comparison}`, literal.optional()],
    [`${type}${comparison}Path`, z.string().optional()],
  ]),
);
const Rule: z.ZodType<Record<string, unknown>> = z.lazy(() =>
  z.strictObject({
    Next: z.string().optional(),
    Comment: z.string().optional(),
    Variable: z.string().optional(),
    ...Object.fromEntries(operators),
    StringMatches: z.string().optional(),
    BooleanEquals: z.boolean().optional(),
    BooleanEqualsPath: z.string().optional(),
    // The interpreter takes `IsPresent: false` for a rule that never matches; say `Not` with `true`.
    IsNull: z.literal(true).optional(),
    IsPresent: z.literal(true).optional(),
    IsNumeric: z.literal(true).optional(),
    IsString: z.literal(true).optional(),
    IsBoolean: z.literal(true).optional(),
    IsTimestamp: z.literal(true).optional(),
    And: z.array(Rule).optional(),
    Or: z.array(Rule).optional(),
    Not: Rule.optional(),
  }),
);

const Simple = z.discriminatedUnion('Type', [
  z.strictObject({
    Type: z.literal('Choice'),
    ...common,
    ...input,
    ...output,
    Choices: z.array(Rule),
    Default: z.string().optional(),
  }),
  z.strictObject({
    Type: z.literal('Pass'),
    ...flow,
    ...input,
    ...output,
    Parameters: z.json().optional(),
    Result: z.json().refine(Boolean, 'a falsy Result is not honoured').optional(),
    ResultPath: z.string().nullish(),
  }),
  z.strictObject({ Type: z.literal('Succeed'), ...common, ...input, ...output }),
  z.strictObject({
    Type: z.literal('Fail'),
    ...common,
    Error: z.string().optional(),
    ErrorPath: z.string().optional(),
    Cause: z.string().optional(),
    CausePath: z.string().optional(),
  }),
]);

const Branch = z.strictObject({
  Comment: z.string().optional(),
  StartAt: z.string(),
  get States() {
    return z.record(z.string(), State);
  },
});
export type Branch = z.infer<typeof Branch>;

const Parallel = z.strictObject({
  Type: z.literal('Parallel'),
  ...flow,
  ...input,
  ...result,
  ...output,
  ...failure,
  Parameters: z.json().optional(),
  get Branches() {
    return z.array(Branch);
  },
});

const ProcessorConfig = z.discriminatedUnion('Mode', [
  z.strictObject({ Mode: z.literal('INLINE') }),
  z.strictObject({ Mode: z.literal('DISTRIBUTED'), ExecutionType: z.enum(['EXPRESS', 'STANDARD']) }),
]);

const ItemMap = z.strictObject({
  Type: z.literal('Map'),
  ...flow,
  ...input,
  ...result,
  ...output,
  ...failure,
  Label: z.string().optional(),
  ItemsPath: z.string().optional(),
  ItemSelector: z.record(z.string(), z.json()).optional(),
  MaxConcurrency: z.int().nonnegative().optional(),
  get ItemProcessor() {
    return Branch.extend({ ProcessorConfig: ProcessorConfig.optional() });
  },
});
export type ItemMap = z.infer<typeof ItemMap>;

const State = z.discriminatedUnion('Type', [Task, Wait, ItemMap, Parallel, Simple]);
export type State = z.infer<typeof State>;

export const Definition = Branch.extend({
  Version: z.literal('1.0').optional(),
  QueryLanguage: z.literal('JSONPath').optional(),
  TimeoutSeconds: z.int().positive().optional(),
});
export type Definition = z.infer<typeof Definition>;

const isForInterpreter = z.custom<StateMachineDefinition>((value) => typeof value === 'object');

/** What the interpreter's own types ask for; its states are a superset of ours. */
export const forInterpreter = (definition: unknown): StateMachineDefinition =>
  isForInterpreter.parse(definition);

/** Where the context differs between here and AWS (`State`, `StartTime`, `Input` in a branch), it is refused. */
const HONOURED_CONTEXT =
  /^\$\$\.(Execution\.(Id|Name)|StateMachine\.(Id|Name)|Map\.Item\.(Index|Value))(?!\w)/;

/**
 * Reads the definition of a state machine, as JSON or as an object.
 *
 * @throws {Error} naming each field that would not run here as it does on AWS.
 */
export function readDefinition(machine: string, definition: unknown): Definition {
  const value: unknown = typeof definition === 'string' ? JSON.parse(definition) : definition;
  const parsed = Definition.safeParse(value);
  if (!parsed.success) throw refusal(machine, parsed.error.issues.flatMap(explain));

  const context = JSON.stringify(value).match(/\$\$\.[\w.]+/g) ?? [];
  const unknownContext = context.filter((path) => !HONOURED_CONTEXT.test(path));
  if (unknownContext.length > 0) {
    throw refusal(
      machine,
      unknownContext.map((path) => `${path} is not honoured`),
    );
  }
  const misnamed = [...mapsOf(parsed.data)].flatMap(([name, map]) => unreachableErrors(name, map));
  if (misnamed.length > 0) throw refusal(machine, misnamed);
  new StateMachine(forInterpreter(value)); // throws for what the language itself forbids
  return parsed.data;
}

/** A failed child of a Distributed Map surfaces as one error only, whatever failed inside. */
function unreachableErrors(name: string, map: ItemMap): string[] {
  if (map.ItemProcessor.ProcessorConfig?.Mode !== 'DISTRIBUTED') return [];
  const caught = [...(map.Retry ?? []), ...(map.Catch ?? [])].flatMap((rule) => rule.ErrorEquals);
  return caught
    .filter((error) => error !== 'States.ALL' && error !== 'States.ExceedToleratedFailureThreshold')
    .map((error) => `${name}: a Distributed Map never fails with ${error}`);
}

function* mapsOf(branch: Branch): Generator<[string, ItemMap]> {
  for (const [name, state] of Object.entries(branch.States)) {
    if (state.Type === 'Parallel') for (const nested of state.Branches) yield* mapsOf(nested);
    if (state.Type !== 'Map') continue;
    yield [name, state];
    yield* mapsOf(state.ItemProcessor);
  }
}

function explain(issue: z.core.$ZodIssue): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${[...issue.path, key].join('.')} is not honoured`);
  }
  return [`${issue.path.join('.')}: ${issue.message}`];
}

const refusal = (machine: string, reasons: readonly string[]): Error =>
  new Error(`state machine ${machine} cannot run here as it would on AWS: ${reasons.join('; ')}`);
