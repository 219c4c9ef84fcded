import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { type Authorize, AwsError, type Caller } from './gate/aws-call.ts';
import type { Invoker } from './lambda/invoker.ts';
import { eventsRule } from './resources/events-rule.ts';
import { roleFor } from './resources/iam-role.ts';
import { asyncFailuresOf } from './resources/lambda-event-invoke-config.ts';
import { callerOfFunction } from './resources/lambda-function.ts';
import type { MayInvoke } from './resources/lambda-permission.ts';
import { type Resource, resourcesOf, uuidOf } from './resources/resource-type.ts';
import type { EventTarget } from './services/event-bus.ts';
import type { S3 } from './services/s3.ts';
import type { StatesService } from './services/states.ts';

/** What handing things on takes. */
export interface Delivery {
  readonly resources: readonly Resource[];
  readonly invoker: Invoker;
  readonly authorize: Authorize;
  readonly mayInvoke: MayInvoke;
  readonly s3: Pick<S3, 'putObject'>;
  readonly states: Pick<StatesService, 'startExecution'>;
  readonly log: (line: string) => void;
}

const Event = z.looseObject({ id: z.string() });

/**
 * Hands an event of a bus to a function, or starts a state machine with it. The execution is named after the event
 * and the machine: one that is delivered again after a kill finds it started.
 *
 * @throws when the function may not be invoked or fails, and when the rule's role may not start the machine.
 */
export async function deliverEvent(
  { arn, roleArn = '', event }: EventTarget & { event: unknown },
  d: Delivery,
): Promise<void> {
  if (arn.startsWith('arn:aws:states:')) {
    const caller = callerAs(roleArn, { service: 'events.amazonaws.com', resources: d.resources });
    const name = `${Event.parse(event).id}_${uuidOf(arn)}`;
    startMachine({ caller, stateMachineArn: arn, name, input: JSON.stringify(event) }, d);
    return;
  }
  const rules = resourcesOf(eventsRule, d.resources).filter(({ properties }) =>
    properties.Targets.some((target) => target.Arn === arn),
  );
  const service = 'events.amazonaws.com';
  const sources = rules.map(({ attributes }) => attributes.Arn ?? '');
  if (!sources.some((sourceArn) => d.mayInvoke({ functionArn: arn, service, sourceArn }))) {
    throw new Error(`no AWS::Lambda::Permission lets ${service} invoke ${arn} for ${sources.join(' or ')}`);
  }
  const result = await d.invoker.invoke(arn, event);
  if (!result.ok) throw new Error(`${result.errorType}: ${result.errorMessage}`);
}

/**
 * Starts what a schedule asks for. An execution is named by the invocation: one that is delivered again after a
 * kill finds it started. A function is invoked, and what it fails at is the schedule's to repeat.
 *
 * @throws when the schedule's role may not, and when the function fails.
 */
export async function deliverSchedule(
  { id, arn, input, roleArn }: { id: string; arn: string; input: string; roleArn: string },
  { resources, authorize, states, invoker }: Delivery,
) {
  const caller = callerAs(roleArn, { service: 'scheduler.amazonaws.com', resources });
  if (arn.startsWith('arn:aws:lambda:')) {
    authorize(caller, [{ action: 'lambda:InvokeFunction', resource: arn }]);
    const result = await invoker.invoke(arn, JSON.parse(input));
    if (!result.ok) throw new Error(`${result.errorType}: ${result.errorMessage}`);
    return;
  }
  if (!arn.startsWith('arn:aws:states:'))
    throw new Error(`a schedule starts state machines and functions here, not ${arn}`);
  startMachine({ caller, stateMachineArn: arn, name: id, input }, { authorize, states });
}

/** Whom the gate sees in a service that acts as a role of the stack. */
function callerAs(
  roleArn: string,
  { service, resources }: { readonly service: string; readonly resources: readonly Resource[] },
): Caller {
  const role = roleFor(service, roleArn, resources);
  return { kind: 'role', roleId: roleArn, name: role.logicalId };
}

function startMachine(
  {
    caller,
    ...execution
  }: {
    readonly caller: Caller;
    readonly stateMachineArn: string;
    readonly name: string;
    readonly input: string;
  },
  { authorize, states }: Pick<Delivery, 'authorize' | 'states'>,
): void {
  authorize(caller, [{ action: 'states:StartExecution', resource: execution.stateMachineArn }]);
  try {
    states.startExecution(execution);
  } catch (error) {
    if (!(error instanceof AwsError && error.code === 'ExecutionAlreadyExists')) throw error;
  }
}

/** Writes an object in the name of a function, as Lambda leaves there what the function failed at. */
export function putAsFunction(
  o: { functionArn: string; bucketArn: string; key: string; body: string },
  { resources, authorize, s3 }: Pick<Delivery, 'resources' | 'authorize' | 's3'>,
): void {
  const caller = callerOfFunction(o.functionArn, resources);
  authorize(caller, [{ action: 's3:PutObject', resource: `${o.bucketArn}/${o.key}` }]);
  s3.putObject(o.bucketArn.slice('arn:aws:s3:::'.length), o.key, Buffer.from(o.body));
}

/**
 * Leaves an event at which every attempt has failed in the bucket that the function names for it.
 *
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export async function keepFailedEvent(
  failed: { arn: string; event: unknown; attempts: number; reason: string },
  d: Delivery,
) {
  const name = failed.arn.split(':')[6] ?? '';
  const bucketArn = asyncFailuresOf(name, d.resources);
  d.log(`gave up an event for ${name} after ${failed.attempts} attempts: ${failed.reason}`);
  if (bucketArn === undefined) return;

  const timestamp = new Date().toISOString();
  const [day, time] = [timestamp.slice(0, 10), timestamp.slice(0, 19).replaceAll(':', '.')];
  const body = {
    version: '1.0',
    timestamp,
    requestContext: {
      requestId: randomUUID(),
      functionArn: `${failed.arn}:$LATEST`,
      condition: 'RetriesExhausted',
      approximateInvokeCount: failed.attempts,
    },
    requestPayload: failed.event,
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: { errorMessage: failed.reason },
  };
  const key = `aws/lambda/async/${name}/${day.replaceAll('-', '/')}/${time}-${randomUUID()}`;
  putAsFunction({ functionArn: failed.arn, bucketArn, key, body: JSON.stringify(body) }, d);
}
