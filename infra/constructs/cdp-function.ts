import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Handler } from '#infra/bundle.ts';
import { handlerCode } from './handler-code.ts';

export interface CdpFunctionProps<Env extends object> {
  /** The handler's file, from the repository's root. */
  readonly entry: Handler;
  /** Every variable that the handler's `env.ts` asks for, and no other. */
  readonly environment: { readonly [Name in keyof Env]: string };
  readonly logRetention: RetentionDays;
  /** @default Duration.seconds(29), the longest that an HTTP API waits */
  readonly timeout?: Duration;
  /** @default 512 */
  readonly memorySizeMb?: number;
}

/**
 * A Lambda function as this project runs them all: one place for runtime, role and logs.
 *
 * Its role may write its own log and nothing else: each construct grants what the handler calls.
 */
export class CdpFunction<Env extends object> extends lambda.Function {
  constructor(scope: Construct, id: string, props: CdpFunctionProps<Env>) {
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    super(scope, id, {
      code: handlerCode(scope, props.entry),
      handler: 'index.handler',
      description: props.entry,
      environment: props.environment,
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      timeout: props.timeout ?? Duration.seconds(29),
      memorySize: props.memorySizeMb ?? 512,
      role,
      logGroup,
    });
    logGroup.grantWrite(role);
  }
}
