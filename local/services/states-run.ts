import { createHash } from 'node:crypto';
import timers from 'node:timers/promises';
import { ExecutionAbortedError, ExecutionError, ExecutionTimeoutError } from 'aws-local-stepfunctions';
import * as z from 'zod';
import { type Authorize, AwsError, type Caller } from '#local/gate/aws-call.ts';
import type { Invoker } from '#local/lambda/invoker.ts';
import { Definition, type ItemMap } from './states-definition.ts';
import { type Context, interpret, type Steps } from './states-interpreter.ts';
import type { Ending, Execution, Journal, Recorded } from './states-journal.ts';

type Json = z.core.util.JSONType;

/** What a state's Retry and Catch match by name; `final` errors are beyond both. */
class StateError extends Error {
  readonly isRetryable: boolean;
  readonly isCatchable: boolean;

  constructor(error: string, cause: string, final = false) {
    super(cause);
    this.name = error;
    this.isRetryable = !final;
    this.isCatchable = !final;
  }
}

const MAX_PAYLOAD_BYTES = 262_144;
const MAX_TIMER_MS = 2_000_000_000;
const DEFAULT_CONCURRENCY = 40;
const EXPRESS_SECONDS = 300;

const WaitInput = z.object({ seconds: z.number().optional(), timestamp: z.iso.datetime().optional() });
const MapInput = z.object({ items: z.array(z.json()), input: z.json() });
const TaskInput = z.object({ FunctionName: z.string(), Payload: z.json().optional() });

export interface Run {
  /** Leaves off at once. The journal keeps what is done, and the execution's status is the caller's to write. */
  abandon(): void;
  /** How it ended; `undefined` for an abandoned run. */
  readonly ended: Promise<Ending | undefined>;
}

/**
 * Runs an execution, from its start or from where a former process left it.
 *
 * Each step's outcome is journalled under its place (scope, state, how often entered) before the interpreter goes
 * on. Going on after a restart is thus the same walk again, in which recorded steps return what they returned; a
 * function whose call was under way is called again, as AWS too may call it twice.
 */
export function startRun(
  execution: Execution,
  o: {
    machine: { arn: string; name: string; caller: Caller };
    journal: Journal;
    invoker: Invoker;
    authorize: Authorize;
  },
): Run {
  const { journal, machine } = o;
  const stop = new AbortController();
  const aborts = new Set<() => void>();
  /** Items left off because another failed. Their interpreter would still try once more after a Retry's pause. */
  const leftScopes = new Set<string>();
  const abandoned = Promise.withResolvers<never>();
  abandoned.promise.catch(() => {}); // it is raced below; an execution with no step under way has nobody to tell
  const entries = new Map<string, number>();

  /** Counts how often a state was entered in its scope, which replays the same since a scope runs in sequence. */
  function enter(scope: string, state: string): number {
    const key = `${scope}/${state}`;
    const entry = entries.get(key) ?? 0;
    entries.set(key, entry + 1);
    return entry;
  }

  async function journalled(
    at: { scope: string; name: string; entry: number; input: Json; timeoutSeconds?: number | undefined },
    work: () => Promise<Json>,
  ): Promise<Json> {
    const { scope, name: state, entry } = at;
    const gone = stop.signal.aborted || [...leftScopes].some((left) => scope.startsWith(left));
    if (gone) throw new StateError('Abandoned', 'the execution was stopped', true);
    const inputHash = createHash('sha256').update(JSON.stringify(at.input)).digest('base64');
    const step = { execution: execution.arn, scope, state, entry, inputHash };
    const known = journal.recorded(step);
    if (known !== undefined) return outcomeOf(known);

    const startedAt = Date.now();
    const recorded = await Promise.race([attempt(work), abandoned.promise]);
    const late = at.timeoutSeconds !== undefined && Date.now() - startedAt >= at.timeoutSeconds * 1000;
    // The interpreter has gone on by then, so on replay it must not see a result in time.
    const kept = late ? { error: 'States.Timeout', cause: 'the task timed out', final: false } : recorded;
    journal.record(step, kept);
    return outcomeOf(kept);
  }

  const steps: Steps = {
    task: ({ scope, name, state, input }) =>
      journalled(
        { scope, name, entry: enter(scope, name), input, timeoutSeconds: state.TimeoutSeconds },
        () => callFunction(TaskInput.parse(input)),
      ),

    async wait({ scope, name, input }) {
      const { seconds, timestamp } = WaitInput.parse(input);
      const until = await journalled({ scope, name, entry: enter(scope, name), input }, async () =>
        timestamp === undefined ? Date.now() + (seconds ?? 0) * 1000 : Date.parse(timestamp),
      );
      for (let left = Number(until) - Date.now(); left > 0; left = Number(until) - Date.now()) {
        await timers.setTimeout(Math.min(left, MAX_TIMER_MS), undefined, { signal: stop.signal });
      }
      return {};
    },

    async map({ scope, name, state, input, context }) {
      const parsed = MapInput.safeParse(input);
      if (!parsed.success)
        throw new StateError('States.Runtime', `the items of ${name} are not an array`, true);
      const { items, input: selectFrom } = parsed.data;
      const entry = enter(scope, name);
      return journalled({ scope, name, entry, input }, () => {
        const children = items.map((item, index) => ({
          scope: `${scope}/${name}.${entry}[${index}]`,
          input: state.ItemSelector === undefined ? item : selectFrom,
          context: itemContext({ context, state, name, index, item }),
        }));
        return runItems(name, state, children);
      });
    },
  };

  async function callFunction({ FunctionName, Payload = {} }: z.infer<typeof TaskInput>): Promise<Json> {
    try {
      o.authorize(machine.caller, [{ action: 'lambda:InvokeFunction', resource: FunctionName }]);
    } catch (error) {
      // Step Functions' own name for a refusal. AWS would retry it where told to; a policy does not change here.
      if (error instanceof AwsError) throw new StateError('Lambda.AWSLambdaException', error.message, true);
      throw error;
    }
    const result = await o.invoker.invoke(FunctionName, Payload);
    if (!result.ok) {
      const { errorType, errorMessage } = result;
      throw new StateError(errorType, JSON.stringify({ errorMessage, errorType, trace: [] }));
    }
    const payload = JSON.parse(JSON.stringify(result.payload ?? null));
    return { ExecutedVersion: '$LATEST', Payload: z.json().parse(payload), StatusCode: 200 };
  }

  /** At the first item that fails no further one starts, and those under way are left off. */
  async function runItems(
    name: string,
    state: ItemMap,
    children: readonly { scope: string; input: Json; context: Context }[],
  ): Promise<Json> {
    const { ProcessorConfig: config, ...processor } = state.ItemProcessor;
    const distributed = config?.Mode === 'DISTRIBUTED';
    if (distributed) authorizeChildren();
    const express = distributed && config.ExecutionType === 'EXPRESS';
    const branch = { ...withSelector(processor, state), ...(express && { TimeoutSeconds: EXPRESS_SECONDS }) };
    const results: Json[] = [];
    const underWay = new Set<() => void>();
    let next = 0;

    async function work(): Promise<void> {
      for (let index = next++; index < children.length; index = next++) {
        const child = children[index];
        if (child === undefined || stop.signal.aborted) return;
        const { abort: abortChild, result } = interpret(branch, { ...child, steps });
        const abort = () => {
          leftScopes.add(child.scope);
          abortChild();
        };
        underWay.add(abort);
        aborts.add(abort);
        try {
          results[index] = await result;
        } catch (error) {
          throw distributed ? itemFailed(name, index, causeOf(error)) : causeOf(error);
        } finally {
          underWay.delete(abort);
          aborts.delete(abort);
        }
      }
    }

    try {
      await Promise.all(Array.from({ length: state.MaxConcurrency || DEFAULT_CONCURRENCY }, work));
      return results;
    } catch (error) {
      next = children.length;
      for (const abort of underWay) abort();
      throw error;
    }
  }

  function authorizeChildren(): void {
    try {
      o.authorize(machine.caller, [{ action: 'states:StartExecution', resource: machine.arn }]);
    } catch (error) {
      throw new StateError('States.Runtime', error instanceof Error ? error.message : String(error), true);
    }
  }

  function walk(): Promise<Json> {
    const definition = Definition.parse(JSON.parse(execution.definition));
    const spentSeconds = (Date.now() - execution.started) / 1000;
    const timeout = definition.TimeoutSeconds;
    const context = {
      Execution: { Id: execution.arn, Name: execution.name },
      StateMachine: { Id: machine.arn, Name: machine.name },
    };
    const { abort, result } = interpret(
      { ...definition, TimeoutSeconds: timeout && Math.max(timeout - spentSeconds, 0.001) },
      { scope: '', input: z.json().parse(JSON.parse(execution.input)), context, steps },
    );
    aborts.add(abort);
    return result;
  }

  async function finish(): Promise<Ending | undefined> {
    try {
      return { status: 'SUCCEEDED', output: JSON.stringify(await walk()) };
    } catch (error) {
      if (stop.signal.aborted || error instanceof ExecutionAbortedError) return undefined;
      abandon(); // what other branches and items have under way is no longer waited for
      if (error instanceof ExecutionTimeoutError) return { status: 'TIMED_OUT', error: 'States.Timeout' };
      const { name, message } = causeOf(error);
      return { status: 'FAILED', error: name, cause: message };
    }
  }

  function abandon(): void {
    stop.abort();
    for (const abort of aborts) abort();
    abandoned.reject(new StateError('Abandoned', 'the execution was stopped', true));
  }

  return { abandon, ended: finish() };
}

/** A child of a Distributed Map is an execution of its own, an item of an inline one is not. */
function itemContext(o: {
  context: Context;
  state: ItemMap;
  name: string;
  index: number;
  item: Json;
}): Context {
  const context = { ...o.context, Map: { Item: { Index: o.index, Value: o.item } } };
  if (o.state.ItemProcessor.ProcessorConfig?.Mode !== 'DISTRIBUTED') return context;
  const { Id, Name } = o.context.Execution;
  const suffix = `${o.name}-${o.index}`;
  return { ...context, Execution: { Id: `${Id}/${suffix}`, Name: `${Name}-${suffix}` } };
}

/** An ItemSelector is a Pass state before the item's first, from the Map's own input and context. */
function withSelector(processor: Pick<Definition, 'StartAt' | 'States'>, state: ItemMap): Definition {
  const { StartAt, States } = processor;
  if (state.ItemSelector === undefined) return { StartAt, States };
  const select = { Type: 'Pass' as const, Parameters: state.ItemSelector, Next: StartAt };
  return { StartAt: '(ItemSelector)', States: { ...States, '(ItemSelector)': select } };
}

const itemFailed = (map: string, index: number, error: Error): StateError =>
  new StateError(
    'States.ExceedToleratedFailureThreshold',
    `The specified tolerated failure threshold was exceeded (${map}[${index}]: ${error.name}: ${error.message})`,
  );

async function attempt(work: () => Promise<Json>): Promise<Recorded> {
  try {
    const result = await work();
    const bytes = Buffer.byteLength(JSON.stringify(result));
    if (bytes <= MAX_PAYLOAD_BYTES) return { result };
    const cause = `the result has ${bytes} bytes, more than the ${MAX_PAYLOAD_BYTES} that a state may pass on`;
    return { error: 'States.DataLimitExceeded', cause, final: true };
  } catch (error) {
    const { name, message } = causeOf(error);
    return { error: name, cause: message, final: error instanceof StateError && !error.isRetryable };
  }
}

function outcomeOf(recorded: Recorded): Json {
  if ('result' in recorded) return recorded.result;
  throw new StateError(recorded.error, recorded.cause, recorded.final);
}

function causeOf(error: unknown): Error {
  if (error instanceof ExecutionError && error.cause instanceof Error) return error.cause;
  if (error instanceof ExecutionTimeoutError)
    return new StateError('States.Timeout', 'the execution timed out');
  return error instanceof Error ? error : new Error(String(error));
}
