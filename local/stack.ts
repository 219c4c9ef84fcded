import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as timers from 'node:timers/promises';
import { deliverEvent, deliverSchedule, keepFailedEvent, putAsFunction } from './deliveries.ts';
import { ACCOUNT } from './gate/arns.ts';
import type { Caller } from './gate/aws-call.ts';
import { startGate } from './gate/gate.ts';
import { createAuthorize } from './gate/policy.ts';
import { answerHttpApi } from './http/http-api.ts';
import { type Listener, listen, portError } from './http/listener.ts';
import { openTokenIssuer } from './http/token-issuer.ts';
import { openCheckpoints } from './lambda/checkpoints.ts';
import { startDynamoDbStreamMapping } from './lambda/dynamodb-stream-mapping.ts';
import { openFunctions } from './lambda/functions.ts';
import { startKinesisMapping } from './lambda/kinesis-mapping.ts';
import { httpApisOf } from './resources/api-gateway-v2-api.ts';
import { policiesOf } from './resources/iam-policy.ts';
import { streamMappingsOf } from './resources/lambda-event-source-mapping.ts';
import { functionCallers } from './resources/lambda-function.ts';
import { permissionsOf } from './resources/lambda-permission.ts';
import { arnOf, type Place, type Resource } from './resources/resource-type.ts';
import { RESOURCE_TYPES } from './resources/resource-types.ts';
import { openDynamoDb } from './services/dynamodb.ts';
import { openEventBus } from './services/event-bus.ts';
import { openKinesis } from './services/kinesis.ts';
import { openS3 } from './services/s3.ts';
import { openScheduler } from './services/scheduler.ts';
import { openSecretsManager } from './services/secrets-manager.ts';
import { openSes } from './services/ses.ts';
import { openStates } from './services/states.ts';
import { lockState } from './state-lock.ts';
import { type Assembly, loadAssembly } from './template/assembly.ts';
import { evaluate } from './template/evaluate.ts';
import { mentions } from './template/intrinsics.ts';

export interface StackOptions {
  /** A cloud assembly with one stack, `cdk.out`. */
  readonly assembly: string;
  /** Where all state lives, `.local`. */
  readonly dir: string;
  /** 0 for any that is free. */
  readonly ports: Readonly<Record<'collect' | 'admin' | 'mail' | 'aws', number>>;
  readonly log?: (line: string) => void;
}

/** A stack that serves until it is closed. */
export interface LocalStack {
  readonly urls: Readonly<Record<'collect' | 'admin' | 'mail' | 'aws', string>>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly adminToken: string;
  /** Of the operator, who may do everything. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly region: string;
  close(): Promise<void>;
}

const OPERATOR = { accessKeyId: 'local', secretAccessKey: 'local' };
/** How long a shutdown waits for what is under way; what is not done then is done again after the next start. */
const PATIENCE_MS = 3_000;

/** The APIs that have a port of their own, by the output that tells their address. */
const DOORS = [
  { output: 'CollectUrl', door: 'collect', variable: 'COLLECT_PORT' },
  { output: 'AdminUrl', door: 'admin', variable: 'ADMIN_PORT' },
] as const;

/**
 * Runs a synthesized stack on this machine: makes its resources, or takes them up as a former run left them,
 * wires what the template wires, and answers on four ports of the loopback.
 *
 * @throws with everything closed again, for what the template holds that does not run here, for a port that
 *   is taken, and for state that another process uses.
 */
export async function startStack(options: StackOptions): Promise<LocalStack> {
  const closers: Closer[] = [];
  try {
    return await openStack(options, closers);
  } catch (error) {
    await closeAll(closers);
    throw error;
  }
}

type Closer = () => Promise<void> | void;

async function closeAll(closers: Closer[]): Promise<void> {
  for (let close = closers.pop(); close !== undefined; close = closers.pop()) await close();
}

async function openStack({ assembly, dir, ports, log = () => {} }: StackOptions, closers: Closer[]) {
  const opened = <T extends { close(): Promise<void> | void }>(thing: T): T => {
    closers.push(() => thing.close());
    return thing;
  };
  const lock = lockState(dir);
  closers.push(() => lock.release());
  const state = join(dir, 'state');
  mkdirSync(state, { recursive: true });

  const { template, ...loaded } = loadAssembly(assembly);
  const listeners = await takePorts(template, ports, opened);
  const place = { ...loaded, account: ACCOUNT, apiUrls: urlsOf(listeners) };
  const { resources, outputs } = evaluate(template, { place, types: RESOURCE_TYPES });

  const authorize = createAuthorize({
    policies: policiesOf(resources),
    nameOf: (roleArn) => roleArn.slice(roleArn.lastIndexOf('/') + 1),
    keyOf: keysOf(resources),
  });
  const mayInvoke = permissionsOf(resources);
  const callers = functionCallers(resources);

  const dynamodb = opened(await openDynamoDb({ dir: state }));
  const kinesis = opened(
    openKinesis({ dir: state, streamArn: (name) => arnOf(place, 'kinesis', `stream/${name}`) }),
  );
  const s3 = opened(openS3({ dir: state }));
  const secrets = opened(openSecretsManager({ dir: state }));
  const checkpoints = opened(openCheckpoints({ dir: state }));
  const functions = opened(openFunctions({ logDirectory: join(dir, 'logs'), region: place.region }));
  const invoker = functions;

  const states = openStates({ dir: state, invoker, authorize });
  const delivery = { resources, invoker, authorize, mayInvoke, s3, states, log };
  const events = openEventBus({
    dir: state,
    arnOf: (bus) => arnOf(place, 'events', `event-bus/${bus}`),
    deliver: (target) => deliverEvent(target, delivery),
    onFailure: (failed) => keepFailedEvent(failed, delivery),
  });
  const scheduler = openScheduler({
    dir: state,
    region: place.region,
    deliver: (target) => deliverSchedule(target, delivery),
    onFailure: async ({ arn, attempts, reason }) =>
      log(`gave up a scheduled start of ${arn} after ${attempts} attempts: ${reason}`),
  });
  const ses = opened(
    await openSes({
      dir: state,
      port: ports.mail,
      publish: (detailType, detail) => events.publish('default', { source: 'aws.ses', detailType, detail }),
    }).catch((cause: unknown) => {
      throw portError(cause, { port: ports.mail, variable: 'MAIL_PORT' });
    }),
  );
  const gate = opened(
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
      authorize,
    }).catch((cause: unknown) => {
      throw portError(cause, { port: ports.aws, variable: 'AWS_PORT' });
    }),
  );

  const services = { dynamodb, kinesis, s3, secrets, states, scheduler, events, ses, functions };
  for (const resource of resources) {
    const type = RESOURCE_TYPES.get(resource.type);
    await type?.create?.(resource, { ...services, endpointUrl: gate.url, resources }, place);
  }

  const sources: Closer[] = [() => states.close(), () => events.close(), () => scheduler.close()];
  closers.push(() =>
    Promise.race([Promise.all(sources.map((close) => close())), timers.setTimeout(PATIENCE_MS, undefined, { ref: false })]).then(
      () => {},
    ),
  );
  for (const mapping of streamMappingsOf(resources)) {
    const onFailure = async ({
      destination,
      key,
      body,
    }: {
      destination: string;
      key: string;
      body: string;
    }) => putAsFunction({ functionArn: mapping.functionArn, bucketArn: destination, key, body }, delivery);
    const common = { invoker, authorize, checkpoints, onFailure, log };
    const started = mapping.properties.EventSourceArn.startsWith('arn:aws:kinesis:')
      ? startKinesisMapping(mapping, { ...common, kinesis })
      : startDynamoDbStreamMapping(mapping, { ...common, endpoint: dynamodb.endpoint });
    sources.push(() => started.close());
  }
  states.resume();
  events.resume();
  scheduler.resume();

  const issuer = openTokenIssuer({ dir });
  const apis = httpApisOf(resources, place);
  for (const api of apis) {
    const answer = answerHttpApi(api, { invoker, mayInvoke, tokenKey: issuer.publicKey, log });
    const listener = listeners.get(api.logicalId);
    if (listener === undefined) continue;
    listener.answerWith(answer);
    closers.push(() => listener.close());
  }
  const [authorizer] = apis.flatMap(({ routes }) => routes.flatMap((route) => route.authorizer ?? []));

  return {
    urls: { collect: outputs.CollectUrl ?? '', admin: outputs.AdminUrl ?? '', mail: ses.url, aws: gate.url },
    outputs,
    adminToken: authorizer === undefined ? '' : await issuer.adminToken(authorizer),
    credentials: OPERATOR,
    region: place.region,
    close: () => closeAll(closers),
  };
}

/** Takes a port for every HTTP API, before anything else: what functions know of an API is its address. */
async function takePorts(
  { Resources, Outputs }: Assembly['template'],
  ports: StackOptions['ports'],
  opened: (listener: Listener) => Listener,
): Promise<ReadonlyMap<string, Listener>> {
  const listeners = new Map<string, Listener>();
  for (const [logicalId, { Type }] of Object.entries(Resources)) {
    if (Type !== 'AWS::ApiGatewayV2::Api') continue;
    const door = DOORS.find(({ output }) => mentions(Outputs[output]?.Value).includes(logicalId));
    const port = door === undefined ? 0 : ports[door.door];
    listeners.set(logicalId, opened(await listen({ port, variable: door?.variable ?? '' })));
  }
  return listeners;
}

const urlsOf = (listeners: ReadonlyMap<string, Listener>): Place['apiUrls'] =>
  new Map([...listeners].map(([logicalId, { url }]) => [logicalId, url]));

/** Which key encrypts each resource. */
function keysOf(resources: readonly Resource[]): (resourceArn: string) => string | undefined {
  const keys = new Map<string, string>();
  for (const { type, properties, ref, attributes } of resources) {
    const key = RESOURCE_TYPES.get(type)?.encryptionKey?.(properties);
    if (key !== undefined) keys.set(attributes.Arn ?? ref, key);
  }
  return (resourceArn) => keys.get(resourceArn);
}
