import { type RunOptions, StateMachine } from 'aws-local-stepfunctions';
import type * as z from 'zod';
import {
  type Branch,
  forInterpreter,
  type ItemMap,
  type State,
  type Task,
  type Wait,
} from './states-definition.ts';

type Json = z.core.util.JSONType;

/** The steps that have an effect or take time: the interpreter walks between them, these do the work. */
export interface Steps {
  task(step: { scope: string; name: string; state: Task; input: Json }): Promise<Json>;
  wait(step: { scope: string; name: string; state: Wait; input: Json }): Promise<Json>;
  map(step: { scope: string; name: string; state: ItemMap; input: Json; context: Context }): Promise<Json>;
}

/** The part of the context object that is the same here and on AWS. */
export interface Context {
  readonly Execution: { readonly Id: string; readonly Name: string };
  readonly StateMachine: { readonly Id: string; readonly Name: string };
  readonly Map?: { readonly Item: { readonly Index: number; readonly Value: Json } };
}

/** Longer than the interpreter's own 60 seconds, which AWS does not know, and within what a timer can hold. */
const LONGEST_STEP_SECONDS = 2_000_000;

/**
 * Starts the interpreter on a branch: the whole machine, or what a Map does for one item.
 *
 * Map and Wait are handed to it as tasks of ours: its own Map goes on with queued items after one has failed and
 * knows no `$$.Map` inside, its own Wait cannot be taken up again after a restart.
 */
export function interpret(
  branch: Branch & { readonly TimeoutSeconds?: number | undefined },
  o: { scope: string; input: Json; context: Context; steps: Steps },
): { abort: () => void; result: Promise<Json> } {
  const timeout = branch.TimeoutSeconds;
  const definition = {
    ...asTasks(branch),
    ...(timeout !== undefined && { TimeoutSeconds: Math.min(timeout, LONGEST_STEP_SECONDS) }),
  };
  const machine = new StateMachine(forInterpreter(definition), { validationOptions: { noValidate: true } });
  const { abort, result } = machine.run(o.input, {
    overrides: { taskResourceLocalHandlers: Object.fromEntries(handlers(branch, o)) },
    context: { ...o.context, Execution: { ...o.context.Execution } },
  });
  return { abort, result };
}

type Handler = NonNullable<NonNullable<RunOptions['overrides']>['taskResourceLocalHandlers']>[string];

/** State names are unique in a machine, so one flat table serves its Parallel branches too. */
function* handlers(
  branch: Branch,
  o: { scope: string; context: Context; steps: Steps },
): Generator<[string, Handler]> {
  const { scope, context, steps } = o;
  for (const [name, state] of Object.entries(branch.States)) {
    if (state.Type === 'Task') yield [name, (input) => steps.task({ scope, name, state, input })];
    if (state.Type === 'Wait') yield [name, (input) => steps.wait({ scope, name, state, input })];
    if (state.Type === 'Map') yield [name, (input) => steps.map({ scope, name, state, input, context })];
    if (state.Type === 'Parallel') for (const nested of state.Branches) yield* handlers(nested, o);
  }
}

const asTasks = (branch: Branch): object => ({
  StartAt: branch.StartAt,
  States: Object.fromEntries(Object.entries(branch.States).map(([name, state]) => [name, asTask(state)])),
});

function asTask(state: State): object {
  if (state.Type === 'Task') return { TimeoutSeconds: LONGEST_STEP_SECONDS, ...state };
  if (state.Type === 'Parallel') return { ...state, Branches: state.Branches.map(asTasks) };
  if (state.Type === 'Wait') {
    const { Next, End, Seconds, SecondsPath, Timestamp, TimestampPath } = state;
    const Parameters = {
      ...(Seconds !== undefined && { seconds: Seconds }),
      ...(SecondsPath !== undefined && { 'seconds.$': SecondsPath }),
      ...(Timestamp !== undefined && { timestamp: Timestamp }),
      ...(TimestampPath !== undefined && { 'timestamp.$': TimestampPath }),
    };
    return ownTask({
      ...(Next !== undefined && { Next }),
      ...(End && { End }),
      Parameters,
      ResultPath: null,
    });
  }
  if (state.Type === 'Map') {
    const { ItemProcessor, ItemSelector, ItemsPath, MaxConcurrency, Label, ...kept } = state;
    return ownTask({ ...kept, Parameters: { 'items.$': ItemsPath ?? '$', 'input.$': '$' } });
  }
  return state;
}

const ownTask = (fields: object): object => ({
  ...fields,
  Type: 'Task',
  Resource: 'local',
  TimeoutSeconds: LONGEST_STEP_SECONDS,
});
