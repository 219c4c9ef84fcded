import { Arn, ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  DefinitionBody,
  DistributedMap,
  JsonPath,
  LogLevel,
  StateMachine,
  StateMachineType,
  TaskInput,
} from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { acknowledgePatterns } from './acknowledge.ts';

export interface RunMachineProps {
  /** What the input names a run's definition by: the export's id or the campaign's. */
  readonly idField: 'exportId' | 'campaignId';
  /** Splits the run into chunks of work. */
  readonly plan: IFunction;
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
  readonly logRetention: RetentionDays;
}

/**
 * A run over many people: plan, then every chunk, then finish. The execution's name is the run's id.
 *
 * Every task may be repeated, so that what passes is tried again: failures of Lambda itself, services
 * behind it that refuse for the moment, and what `heldUpBy` names. Anything else that a task throws
 * ends the run, visibly.
 */
export class RunMachine extends StateMachine {
  constructor(scope: Construct, id: string, props: RunMachineProps) {
    const { idField, maxConcurrency, heldUpBy = [], logRetention } = props;
    const ids = { [idField]: JsonPath.stringAt(`$.${idField}`) };
    const plan = invoke(scope, 'Plan', {
      lambdaFunction: props.plan,
      payload: TaskInput.fromObject({ ...ids, runId: JsonPath.stringAt('$$.Execution.Name') }),
    });
    const work = invoke(scope, 'Work', { lambdaFunction: props.work }, heldUpBy);
    const chunks = new DistributedMap(scope, 'Chunks', {
      itemsPath: '$.chunks',
      maxConcurrency,
      mapExecutionType: heldUpBy.length > 0 ? StateMachineType.STANDARD : StateMachineType.EXPRESS,
      // in place of what was planned, which beside it would near the 256 KB that a state may hold
      resultPath: '$.chunks',
    }).itemProcessor(work);
    const finish = invoke(scope, 'Finish', {
      lambdaFunction: props.finish,
      payload: TaskInput.fromObject({
        ...ids,
        runId: JsonPath.stringAt('$.runId'),
        version: JsonPath.numberAt('$.version'),
        parts: JsonPath.objectAt('$.chunks'),
      }),
    });

    super(scope, id, {
      definitionBody: DefinitionBody.fromChainable(plan.next(chunks).next(finish)),
      stateMachineType: StateMachineType.STANDARD,
      timeout: Duration.hours(12),
      tracingEnabled: true,
      logs: {
        destination: new LogGroup(scope, `${id}Logs`, {
          retention: logRetention,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: LogLevel.ALL,
        includeExecutionData: false,
      },
    });
    this.acknowledgeOwnPatterns([props.plan, props.work, props.finish]);
  }

  /** The library writes the machine's policies. */
  private acknowledgeOwnPatterns(tasks: readonly IFunction[]): void {
    acknowledgePatterns(this, ['*'], 'Delivering logs and traces takes no resource.');
    acknowledgePatterns(
      this,
      tasks.map((task) => `${task.functionArn}:*`),
      'Any version of the functions that are its tasks, and no other function.',
    );
    const { resourceName } = Arn.split(this.stateMachineArn, ArnFormat.COLON_RESOURCE_NAME);
    const ownExecutions = [':*', '/*:*'].map((runs) =>
      Stack.of(this).formatArn({
        service: 'states',
        resource: 'execution',
        resourceName: `${resourceName}${runs}`,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    );
    acknowledgePatterns(
      this,
      ownExecutions,
      'A Distributed Map follows its own children, named at run time.',
    );
  }
}

function invoke(
  scope: Construct,
  id: string,
  props: { readonly lambdaFunction: IFunction; readonly payload?: TaskInput },
  heldUpBy: readonly string[] = [],
): LambdaInvoke {
  const task = new LambdaInvoke(scope, id, {
    ...props,
    outputPath: '$.Payload',
    retryOnServiceExceptions: false,
  });
  // the first retrier that names an error is the one that counts
  if (heldUpBy.length > 0) {
    task.addRetry({
      errors: [...heldUpBy],
      interval: Duration.seconds(5),
      backoffRate: 2,
      maxDelay: Duration.minutes(5),
      maxAttempts: 40,
    });
  }
  task.addRetry({
    errors: [
      'UnavailableError',
      'Lambda.ClientExecutionTimeoutException',
      'Lambda.ServiceException',
      'Lambda.AWSLambdaException',
      'Lambda.SdkClientException',
      'Lambda.TooManyRequestsException',
    ],
    interval: Duration.seconds(2),
    maxAttempts: 6,
    backoffRate: 2,
  });
  return task;
}
