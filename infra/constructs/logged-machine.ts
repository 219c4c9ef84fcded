import { Arn, ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  DefinitionBody,
  type IChainable,
  LogLevel,
  StateMachine,
  StateMachineType,
  type TaskInput,
} from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { acknowledgePatterns } from './acknowledge.ts';

export interface LoggedMachineProps {
  readonly steps: IChainable;
  /** The functions that its steps call. */
  readonly tasks: readonly IFunction[];
  readonly logRetention: RetentionDays;
}

/** A state machine as this project runs them all: half a day at most, with logs of what it did and of no data. */
export class LoggedMachine extends StateMachine {
  constructor(scope: Construct, id: string, { steps, tasks, logRetention }: LoggedMachineProps) {
    super(scope, id, {
      definitionBody: DefinitionBody.fromChainable(steps),
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
    this.acknowledgeOwnPatterns(tasks);
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

/**
 * A step that calls a function, and is tried again when Lambda itself fails or a service behind it refuses for
 * the moment.
 *
 * @param heldUpBy errors by which the function asks to be called again, for as long as it takes.
 */
export function runTask(
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
