import { join } from 'node:path';
import type { ClockOffset } from './clock.ts';
import { type Closing, patiently } from './closing.ts';
import { type Delivery, deliverEvent, deliverSchedule, keepFailedEvent } from './deliveries.ts';
import type { Authorize, Caller } from './gate/aws-call.ts';
import { startGate } from './gate/gate.ts';
import { portError } from './http/listener.ts';
import { openFunctions } from './lambda/functions.ts';
import { functionCallers } from './resources/lambda-function.ts';
import { permissionsOf } from './resources/lambda-permission.ts';
import { arnOf, type Place, type Resource } from './resources/resource-type.ts';
import { openDynamoDb } from './services/dynamodb.ts';
import { openEventBus } from './services/event-bus.ts';
import { openKinesis } from './services/kinesis.ts';
import { openS3 } from './services/s3.ts';
import { openScheduler } from './services/scheduler.ts';
import { openSecretsManager } from './services/secrets-manager.ts';
import { openSes } from './services/ses.ts';
import { openStates } from './services/states.ts';

/** Of the operator, who may do everything; functions are given another id with the same secret. */
export const OPERATOR = { accessKeyId: 'local', secretAccessKey: 'local' };

export interface ServicesOptions {
  readonly dir: string;
  readonly ports: Readonly<Record<'mail' | 'aws', number>>;
  readonly place: Place;
  readonly resources: readonly Resource[];
  readonly authorize: Authorize;
  readonly log: (line: string) => void;
  readonly closing: Closing;
  readonly clock: ClockOffset | undefined;
}

/** Opens the services over their state, empty or as a former run left it, and the gate in front of them. */
export async function openServices({
  dir,
  ports,
  place,
  resources,
  authorize,
  log,
  closing,
  clock,
}: ServicesOptions) {
  const state = { dir: join(dir, 'state') };
  const dynamodb = closing.add(await openDynamoDb(state));
  const streamArn = (name: string) => arnOf(place, 'kinesis', `stream/${name}`);
  const kinesis = closing.add(openKinesis({ ...state, streamArn }));
  const s3 = closing.add(
    openS3({ ...state, account: place.account, publish: (event) => events.publish('default', event) }),
  );
  const secrets = closing.add(openSecretsManager(state));
  const functions = closing.add(
    openFunctions({ logDirectory: join(dir, 'logs'), region: place.region, clock }),
  );

  const states = openStates({ ...state, invoker: functions, authorize });
  const mayInvoke = permissionsOf(resources);
  const delivery: Delivery = { resources, invoker: functions, authorize, mayInvoke, s3, states, log };
  const events = openEventBus({
    ...state,
    arnOf: (bus) => arnOf(place, 'events', `event-bus/${bus}`),
    deliver: (target) => deliverEvent(target, delivery),
    onFailure: (failed) => keepFailedEvent(failed, delivery),
  });
  const scheduler = openScheduler({
    ...state,
    region: place.region,
    accountId: place.account,
    deliver: (target) => deliverSchedule(target, delivery),
    onFailure: async ({ arn, attempts, reason }) =>
      log(`gave up a scheduled start of ${arn} after ${attempts} attempts: ${reason}`),
  });
  const flows = closing.add(patiently([states, events, scheduler]));
  const publish = (detailType: string, detail: unknown) =>
    events.publish('default', { source: 'aws.ses', detailType, detail });
  const ses = closing.add(
    await openSes({ ...state, port: ports.mail, region: place.region, publish }).catch((cause: unknown) => {
      throw portError(cause, { port: ports.mail, variable: 'MAIL_PORT' });
    }),
  );

  const callers = functionCallers(resources);
  const gate = closing.add(
    await startGate({
      port: ports.aws,
      services: {
        dynamodb: dynamodb.service,
        events: events.service,
        kinesis: kinesis.service,
        s3: s3.service,
        scheduler: scheduler.service,
        secretsmanager: secrets.service,
        ses: ses.service,
        states: states.service,
      },
      callerOf: (accessKeyId): Caller | undefined =>
        accessKeyId === OPERATOR.accessKeyId ? { kind: 'operator' } : callers.get(accessKeyId),
      secretAccessKey: OPERATOR.secretAccessKey,
      authorize,
      cors: s3.cors,
    }).catch((cause: unknown) => {
      throw portError(cause, { port: ports.aws, variable: 'AWS_PORT' });
    }),
  );
  closing.add(flows); // again: what they have under way still calls the gate
  const emulated = { dynamodb, kinesis, s3, secrets, states, scheduler, events, ses, functions };
  return { ...emulated, mayInvoke, delivery, resources, endpointUrl: gate.url };
}
