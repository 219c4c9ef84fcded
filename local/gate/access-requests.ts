import type { AccessOfService } from './actions/access.ts';
import { dynamodbAccess } from './actions/dynamodb.ts';
import { eventsAccess } from './actions/events.ts';
import { kinesisAccess } from './actions/kinesis.ts';
import { s3Access } from './actions/s3.ts';
import { schedulerAccess } from './actions/scheduler.ts';
import { secretsManagerAccess } from './actions/secrets-manager.ts';
import { sesAccess } from './actions/ses.ts';
import { statesAccess } from './actions/states.ts';
import { type AccessRequest, type AwsCall, AwsError } from './aws-call.ts';

const SERVICES: Readonly<Record<string, AccessOfService>> = {
  dynamodb: dynamodbAccess,
  events: eventsAccess,
  kinesis: kinesisAccess,
  s3: s3Access,
  scheduler: schedulerAccess,
  secretsmanager: secretsManagerAccess,
  ses: sesAccess,
  states: statesAccess,
  sts: { GetCallerIdentity: () => [] },
};

/**
 * What a call asks leave for: each action with the resource that it is for.
 *
 * @throws {AwsError} for an operation that is on no list: what nobody can authorize, nobody may do.
 */
export function accessRequests(call: AwsCall, region: string): readonly AccessRequest[] {
  const operations = SERVICES[call.service];
  const access =
    operations !== undefined && Object.hasOwn(operations, call.operation)
      ? operations[call.operation]
      : undefined;
  if (access !== undefined) return access(call, region);
  throw new AwsError(
    'UnknownOperationException',
    `the gate does not know what ${call.service}:${call.operation} needs: add it to local/gate/actions`,
  );
}
