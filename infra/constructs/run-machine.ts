import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  Choice,
  type Condition,
  DistributedMap,
  JsonPath,
  Pass,
  StateMachineType,
  Succeed,
  TaskInput,
} from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { LoggedMachine, runTask } from './logged-machine.ts';

export interface RunMachineProps {
  /** What a run's definition is named by, in the input or by the plan: the id of the export, and so on. */
  readonly idField: 'exportId' | 'campaignId' | 'importId';
  /** Splits the run into chunks of work. */
  readonly plan: IFunction;
  /** What it is given beside the run's id. @default the definition's id, which the input then names */
  readonly planGets?: Readonly<Record<string, unknown>>;
  /** Does one chunk, and gives a summary of it. Lambda may call it twice for the same chunk. */
  readonly work: IFunction;
  /** Makes one result of the summaries. */
  readonly finish: IFunction;
  /** How many chunks are worked on at a time. */
  readonly maxConcurrency: number;
  /**
   * Errors by which `work` asks to be tried again, for as long as it takes: up to some hours, which
   * makes each chunk an execution of its own that outlives an Express one's five minutes.
   * @default none: an Express execution, in which only what passes within two minutes is tried again
   */
  readonly heldUpBy?: readonly string[];
  /**
   * Whether `finish` is told of chunks that failed for good, by `failed` and the error's name among the summaries.
   * @default false: the first of them ends the run, under Step Functions' name for it; redriven, it goes on with it
   */
  readonly tellsFailed?: boolean;
  /** Input that asks for nothing: the execution succeeds at once. @default none */
  readonly passesOver?: Condition;
  readonly logRetention: RetentionDays;
}

/**
 * A run over many people: plan, then every chunk, then finish. The execution's name is the run's id.
 *
 * Every task may be repeated, so that what passes is tried again: failures of Lambda itself, services
 * behind it that refuse for the moment, and what `heldUpBy` names. Anything else that a task throws
 * ends the run, visibly.
 */
export class RunMachine extends LoggedMachine {
  constructor(scope: Construct, id: string, props: RunMachineProps) {
    const { idField, maxConcurrency, heldUpBy = [], tellsFailed = false, passesOver, logRetention } = props;
    const ids = { [idField]: JsonPath.stringAt(`$.${idField}`) };
    const plan = runTask(scope, 'Plan', {
      lambdaFunction: props.plan,
      payload: TaskInput.fromObject({
        ...(props.planGets ?? ids),
        runId: JsonPath.stringAt('$$.Execution.Name'),
      }),
    });
    const work = runTask(scope, 'Work', { lambdaFunction: props.work }, heldUpBy);
    if (tellsFailed) {
      // its name alone: what else an error says may be longer than the state of so many chunks has room for
      work.addCatch(new Pass(scope, 'Failed', { parameters: { failed: JsonPath.stringAt('$.Error') } }));
    }
    const chunks = new DistributedMap(scope, 'Chunks', {
      itemsPath: '$.chunks',
      maxConcurrency,
      mapExecutionType: heldUpBy.length > 0 ? StateMachineType.STANDARD : StateMachineType.EXPRESS,
      // in place of what was planned, which beside it would near the 256 KB that a state may hold
      resultPath: '$.chunks',
    }).itemProcessor(work);
    const finish = runTask(scope, 'Finish', {
      lambdaFunction: props.finish,
      payload: TaskInput.fromObject({
        ...ids,
        runId: JsonPath.stringAt('$.runId'),
        version: JsonPath.numberAt('$.version'),
        parts: JsonPath.objectAt('$.chunks'),
      }),
    });
    const run = plan.next(chunks).next(finish);
    const begin = (condition: Condition) =>
      new Choice(scope, 'IsForARun').when(condition, new Succeed(scope, 'PassedOver')).otherwise(run);

    super(scope, id, {
      steps: passesOver === undefined ? run : begin(passesOver),
      tasks: [props.plan, props.work, props.finish],
      logRetention,
    });
  }
}
